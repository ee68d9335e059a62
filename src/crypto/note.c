// Knows: the form of a signed note and whose lines must verify (C2SP signed-note v1.0.0, tlog-cosignature v1). Does not
// know: what the text says. Stricter than the specification where it leaves a choice: a line of a known key that fails
// refuses the note.
#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/rd.h"
#include "base/text.h"
#include "crypto/note_name.h"
#include "crypto/note.h"

static const char cm_note_dash[] = "\xe2\x80\x94 "; // em dash, space

// Start of the signature lines: behind the last empty line. 0 when there is none.
static size_t
cm_note_split(struct cm_view v)
{
	for (size_t i = v.n; i >= 2; i--)
		if (v.p[i - 1] == '\n' && v.p[i - 2] == '\n')
			return i;
	return 0;
}

// "— name base64" of one line without its LF.
static cm_result
cm_note_line_read(struct cm_view line, struct cm_report *report, struct cm_note_line *ret_line)
{
	if (!cm_view_starts(line, cm_note_dash))
		return cm_report_refuse(report, CM_ERROR_NOTE_FORM, "note", "a signature line without its dash");
	struct cm_rd rd = cm_rd_of(cm_view_part(line, sizeof cm_note_dash - 1, line.n));
	struct cm_note_line l = {.name = cm_rd_until(&rd, ' ')};
	l.base64 = cm_rd_bytes(&rd, cm_rd_left(&rd));
	CM_CLEANUP(cm_buf_fini) struct cm_buf bytes = cm_buf_of(CM_LIMIT_NOTE_BYTES_VALUE);
	bool is_base64 = cm_b64_read(l.base64, CM_B64_STANDARD, &bytes);
	if (cm_buf_result(&bytes) == CM_NOMEM)
		return CM_NOMEM;
	if (rd.failed || !cm_note_name_good(l.name) || !is_base64 || bytes.n <= CM_NOTE_ID)
		return cm_report_refuse(report, CM_ERROR_NOTE_FORM, "note", "signature line \"%.*s\"",
		                        CM_VIEW_ARG(line));
	memcpy(l.id, bytes.p, sizeof l.id);
	*ret_line = l;
	return CM_OK;
}

static bool
cm_note_characters_good(struct cm_view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < 0x20 && v.p[i] != '\n')
			return false;
	return cm_text_utf8(v);
}

cm_result
cm_note_read(struct cm_view bytes, struct cm_report *report, struct cm_note *ret_note)
{
	struct cm_note note = {.count = 0};
	if (bytes.n > CM_LIMIT_NOTE_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_NOTE_TOO_LARGE, "note", "%zu bytes", bytes.n);
	if (!cm_note_characters_good(bytes))
		return cm_report_refuse(report, CM_ERROR_NOTE_FORM, "note", "a character that may not stand there");
	size_t at = cm_note_split(bytes);
	if (at == 0 || at == bytes.n || bytes.p[bytes.n - 1] != '\n')
		return cm_report_refuse(report, CM_ERROR_NOTE_FORM, "note", "no signature lines");
	note.text = cm_view_part(bytes, 0, at - 1);
	while (at < bytes.n) {
		size_t end = cm_view_find(bytes, at, '\n');
		if (note.count == CM_LIMIT_NOTE_LINES_VALUE)
			return cm_report_refuse(report, CM_ERROR_NOTE_TOO_LARGE, "note", "more than %d signature lines",
			                        CM_LIMIT_NOTE_LINES_VALUE);
		struct cm_note_line *l = &note.lines[note.count];
		cm_result r = cm_note_line_read(cm_view_part(bytes, at, end - at), report, l);
		if (r != CM_OK)
			return r;
		l->line = cm_view_part(bytes, at, end + 1 - at);
		note.count++;
		at = end + 1;
	}
	*ret_note = note;
	return CM_OK;
}

// Verifies a line that claims to be of `key`; gives the cosignature's time, else 0.
static cm_result
cm_note_line_verify(const struct cm_note *note, const struct cm_note_line *line, const struct cm_note_key *key,
                    struct cm_report *report, uint64_t *ret_time)
{
	uint8_t bytes[CM_NOTE_ID + 8 + CM_KEY_SIGNATURE_SIZE];
	size_t stamp = key->type == CM_NOTE_COSIGNATURE ? 8 : 0;
	if (!cm_b64_read_exact(line->base64, CM_B64_STANDARD, bytes, CM_NOTE_ID + stamp + CM_KEY_SIGNATURE_SIZE))
		return cm_report_refuse(report, CM_ERROR_NOTE_SIGNATURE, "note", "of %s: wrong length", key->name);
	struct cm_rd rd = cm_rd_of(cm_view_of(bytes + CM_NOTE_ID, 8));
	uint64_t time = stamp != 0 ? cm_rd_u64be(&rd) : 0;
	if (time > INT64_MAX)
		return cm_report_refuse(report, CM_ERROR_NOTE_SIGNATURE, "note", "of %s: impossible time", key->name);
	struct cm_key_public public = {.kind = CM_KEY_ED25519, .n = 32};
	struct cm_key_signature sig;
	memcpy(public.b, key->public, 32);
	memcpy(sig.b, bytes + CM_NOTE_ID + stamp, sizeof sig.b);
	CM_CLEANUP(cm_buf_fini) struct cm_buf message = cm_buf_of(CM_LIMIT_NOTE_BYTES_VALUE + 64);
	cm_note_message(key->type, time, note->text, &message);
	if (cm_buf_result(&message) != CM_OK)
		return CM_NOMEM;
	cm_result r = cm_key_verify(&public, cm_buf_view(&message), &sig, NULL);
	if (r == CM_REFUSED)
		return cm_report_refuse(report, CM_ERROR_NOTE_SIGNATURE, "note", "of %s", key->name);
	if (r == CM_OK)
		*ret_time = time;
	return r;
}

cm_result
cm_note_verify(const struct cm_note *note, const struct cm_note_key *keys, size_t key_count, struct cm_report *report,
               struct cm_note_signers *ret_signers)
{
	struct cm_note_signers signers = {.count = 0};
	if (key_count > CM_LIMIT_NOTE_LINES_VALUE)
		return CM_BUG;
	for (size_t i = 0; i < note->count; i++) {
		const struct cm_note_line *l = &note->lines[i];
		for (size_t k = 0; k < key_count; k++) {
			if (!cm_view_is(l->name, keys[k].name) || memcmp(l->id, keys[k].id, CM_NOTE_ID) != 0)
				continue;
			if (signers.signed_by[k])
				return cm_report_refuse(report, CM_ERROR_NOTE_FORM, "note", "two lines of %s",
				                        keys[k].name);
			cm_result r = cm_note_line_verify(note, l, &keys[k], report, &signers.time[k]);
			if (r != CM_OK)
				return r;
			signers.signed_by[k] = true;
			signers.count++;
		}
	}
	if (signers.count == 0)
		return cm_report_refuse(report, CM_ERROR_NOTE_UNSIGNED, "note", "%zu lines of other keys", note->count);
	*ret_signers = signers;
	return CM_OK;
}
