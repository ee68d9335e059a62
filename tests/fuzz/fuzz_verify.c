// Verification of any bytes as a package or bundle: it ends, with a verdict, whatever they are.
#include "api/report_inside.h"
#include "comity/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct comity_verify_options options = {.trust = NULL};
	struct comity_report *report;
	struct comity_verify *verify;
	struct comity_step step;
	if (comity_report_new(&report) != COMITY_OK)
		return 0;
	if (comity_verify_new(&options, n, &verify) == COMITY_OK) {
		while (comity_verify_step(verify, report, &step) == COMITY_OK && step.kind != COMITY_STEP_DONE) {
			if (step.offset > n || step.length > n - step.offset)
				__builtin_trap(); // asked for bytes that are not there
			struct comity_view part = {bytes + step.offset, (size_t)step.length};
			if (step.kind == COMITY_STEP_NEED && comity_verify_give(verify, part, report) != COMITY_OK)
				break;
			if (step.kind == COMITY_STEP_HASH) {
				struct comity_digest digest;
				comity_digest_init(&digest);
				comity_digest_add(&digest, part);
				struct comity_hash hash = comity_digest_final(&digest);
				if (comity_verify_hashed(verify, step.input, &hash, comity_crc(0, part)) != COMITY_OK)
					break;
			}
		}
		if (comity_report_verdict(report) == COMITY_VERDICT_VALID)
			__builtin_trap(); // nothing was trusted
		comity_verify_free(verify);
	}
	comity_report_free(report);
	return 0;
}
