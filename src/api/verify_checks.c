// Knows: what a container proves about its files: lists, digests, signatures, origin. Does not know: the order of
// steps (verify.c), the court's files (verify_court.c). Serves doc/spec/package.md section 8.
#include "api/verify_inside.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/chain.h"
#include "crypto/cms.h"
#include "format/zip_crc.h"

// The origin of a signature: does its certificate chain to a trusted root, at the time of signing?
static void
cm_verify_origin(struct comity_verify *v, struct cm_verify_list *list, const struct cm_cms *cms,
                 struct comity_report *report)
{
	char moment[CM_INSTANT_TEXT];
	struct cm_x509 leaf;
	struct cm_chain_answer answer;
	size_t before = comity_report_count(report);
	cm_instant_text_people(list->signed_at, moment);
	if (v->trust == NULL || v->trust->count == 0) {
		cm_result r = cm_x509_read(cms->chain.der[0], NULL, &leaf);
		comity_report_add_check(report, "origin", list->about, COMITY_CHECK_NOT_JUDGED,
		                        "no trusted root was given; the signature says %s at %s",
		                        r == CM_OK ? leaf.subject : "an unreadable name", moment);
		return;
	}
	struct cm_chain_question question = {.leaf = cms->chain.der[0],
	                                     .between = cms->chain.der,
	                                     .between_count = cms->chain.count,
	                                     .roots = v->trust->roots,
	                                     .root_count = v->trust->count,
	                                     .purpose = CM_CHAIN_SIGN,
	                                     .at = list->signed_at};
	cm_result r = cm_chain_check(&question, comity_report_inside(report), &answer);
	if (r != CM_OK) {
		cm_verify_outcome(report, "origin", list->about, r, before);
		return;
	}
	v->origin_judged = true;
	memcpy(list->signer, answer.leaf.node, sizeof list->signer);
	list->spki = answer.leaf.spki;
	comity_report_add_check(report, "origin", list->about, COMITY_CHECK_OK, "signed by %s at %s, certified by %s",
	                        answer.leaf.node, moment, answer.root.subject);
	comity_report_add_fact(report, list == &v->lists[0] ? "package.signer" : "bundle.signer", "%s",
	                       answer.leaf.node);
}

// Rules about what the signature says of its certificate, beside the signature itself.
static bool
cm_verify_about_certificate(const struct cm_report *report, size_t before)
{
	for (size_t i = before; i < report->count; i++)
		if (report->findings[i].rule == CM_ERROR_CMS_SIGNING_CERTIFICATE ||
		    report->findings[i].rule == CM_ERROR_CMS_CERTIFICATE)
			return true;
	return false;
}

static void
cm_verify_signature(struct comity_verify *v, struct cm_verify_list *list, struct comity_report *report)
{
	char moment[CM_INSTANT_TEXT];
	struct cm_cms CM_CLEANUP(cm_cms_fini) cms = {0};
	struct cm_report *inside = comity_report_inside(report);
	struct cm_verify_file *file = cm_verify_find(v, list->signature_name);
	size_t before = comity_report_count(report);
	cm_result r = file == NULL ? CM_BUG : cm_cms_verify(cm_buf_view(&file->bytes), &list->sha256, inside, &cms);
	if (r != CM_OK) {
		bool certificate = cm_verify_about_certificate(inside, before);
		cm_verify_outcome(report, certificate ? "signing certificate" : "signature", list->about, r, before);
		return;
	}
	list->signature_ok = true;
	list->signed_at = cms.signing_time;
	comity_report_add_check(report, "signature", list->about, COMITY_CHECK_OK, "ECDSA P-256 over %s",
	                        list->manifest_name);
	comity_report_add_check(report, "signing certificate", list->about, COMITY_CHECK_OK,
	                        "named by its SHA-256 in the signature");
	comity_report_add_fact(report, list == &v->lists[0] ? "package.signed_at" : "bundle.signed_at", "%s",
	                       cm_instant_text(cms.signing_time, moment));
	cm_verify_origin(v, list, &cms, report);
}

// The files stand in the order in which the list names them; so there is one container for a list and its files.
static cm_result
cm_verify_order(const struct comity_verify *v, const struct cm_verify_list *list, struct cm_report *report)
{
	for (size_t i = 0; i < list->manifest.count; i++) {
		struct cm_view name = v->files[i + 1].entry->name; // behind mimetype; the list covers what follows it
		if (!cm_view_equal(name, list->manifest.lines[i].name))
			return cm_report_refuse(report, CM_ERROR_LIST_ORDER, list->manifest_name, "%.*s",
			                        CM_VIEW_ARG(name));
	}
	return CM_OK;
}

static void
cm_verify_list(struct comity_verify *v, struct cm_verify_list *list, struct comity_report *report)
{
	char hex[2 * CM_HASH_SIZE + 1];
	struct cm_report *inside = comity_report_inside(report);
	struct cm_verify_file *file = cm_verify_find(v, list->manifest_name);
	size_t before = comity_report_count(report);
	cm_result r = file == NULL ? CM_BUG : cm_asic_manifest_read(cm_buf_view(&file->bytes), inside, &list->manifest);
	list->read = r == CM_OK;
	if (r == CM_OK)
		r = cm_asic_check_cover(v->zip, &list->manifest, list->manifest_name, list->signature_name, inside);
	if (r == CM_OK)
		r = cm_verify_order(v, list, inside);
	cm_verify_outcome(report, "list", list->about, r, before);
	if (file == NULL)
		return;
	list->sha256 = file->sha256;
	cm_hex_text(cm_hash_view(&list->sha256), hex);
	comity_report_add_fact(report, list == &v->lists[0] ? "package.manifest_sha256" : "bundle.manifest_sha256",
	                       "%s", hex);
	cm_verify_signature(v, list, report);
}

void
cm_verify_check_lists(struct comity_verify *v, struct comity_report *report)
{
	struct cm_verify_file *mimetype = cm_verify_find(v, CM_ASIC_MIMETYPE_NAME);
	size_t before = comity_report_count(report);
	cm_result r = mimetype == NULL ? CM_BUG
	                               : cm_asic_check_mimetype(cm_buf_view(&mimetype->bytes),
	                                                        comity_report_inside(report));
	if (r != CM_OK)
		cm_verify_outcome(report, "layout", CM_ASIC_MIMETYPE_NAME, r, before);
	for (size_t i = 0; i < v->list_count; i++)
		cm_verify_list(v, &v->lists[i], report);
}

static void
cm_verify_file(struct comity_verify *v, const struct cm_verify_file *file, struct comity_report *report)
{
	struct cm_report *inside = comity_report_inside(report);
	size_t before = comity_report_count(report);
	char name[CM_REPORT_PLACE];
	bool listed = false;
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(file->entry->name));
	cm_result r = cm_zip_read_check_crc(file->entry, file->crc, inside);
	for (size_t i = 0; i < v->list_count; i++) {
		const struct cm_asic_line *line =
		        v->lists[i].read ? cm_asic_manifest_find(&v->lists[i].manifest, file->entry->name) : NULL;
		listed = listed || line != NULL;
		if (line != NULL && memcmp(line->sha256, file->sha256.b, CM_HASH_SIZE) != 0)
			r = cm_report_refuse(inside, CM_ERROR_FILE_DIGEST, name, "another SHA-256 than the list of the %s tells",
			                     v->lists[i].about);
	}
	if (r != CM_OK || listed) // a file that no list names is a finding of the list
		cm_verify_outcome(report, "file", name, r, before);
}

void
cm_verify_check_files(struct comity_verify *v, struct comity_report *report)
{
	uint64_t bytes = 0;
	for (size_t i = 0; i < v->count; i++) {
		cm_verify_file(v, &v->files[i], report);
		bytes += v->files[i].entry->size;
	}
	comity_report_add_fact(report, "entries", "%zu", v->count);
	comity_report_add_fact(report, "bytes", "%llu", (unsigned long long)bytes);
}
