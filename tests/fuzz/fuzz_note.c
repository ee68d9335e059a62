// Any bytes as a signed note and as a verifier key. What is taken comes back the same.
#include <stdlib.h>

#include "base/mem.h"
#include "crypto/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	// the keys of tests/vectors/note
	static const char *const known[] = {
		"node-a.example/log+235617a4+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
		"node-b.example/witness+df470e2b+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"};
	struct cm_view v = cm_view_of(data, size);
	struct cm_note_key keys[3];
	size_t count = 2;
	for (size_t i = 0; i < 2; i++)
		must(cm_note_key_read(cm_view_text(known[i]), NULL, &keys[i]) == CM_OK);
	if (cm_note_key_read(v, NULL, &keys[2]) == CM_OK) {
		CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(1024);
		cm_note_key_write(&keys[2], &b);
		must(cm_view_equal(cm_buf_view(&b), v));
		count = 3;
	}
	struct cm_note note;
	struct cm_note_signers signers;
	struct cm_report report = {0};
	if (cm_note_read(v, &report, &note) != CM_OK) {
		must(report.count != 0);
		return 0;
	}
	size_t n = note.text.n + 1;
	for (size_t i = 0; i < note.count; i++)
		n += note.lines[i].line.n;
	must(n == size && note.count != 0);
	cm_result r = cm_note_verify(&note, keys, count, &report, &signers);
	must(r == CM_OK ? signers.count != 0 : r == CM_REFUSED && report.count != 0);
	return 0;
}
