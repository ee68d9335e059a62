// Knows: step 6 of the demo: the bundle for a court, checked by this program and by programs of others, and a forged copy.
// Does not know: what a bundle's checks are.
#include "cli/demo_stage.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/dir.h"

// -- what the court gets beside the bundle -------------------------------------------------------------------------

static cm_result
cm_demo_court_roots(struct cm_demo *demo)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) pem = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	const struct cm_demo_node *const nodes[] = {&demo->xa, &demo->xb};
	for (size_t i = 0; i < 2; i++) {
		char name[CM_DEMO_TEXT], path[CM_FILE_PATH];
		snprintf(name, sizeof name, "%s/root.pem", nodes[i]->state);
		if (cm_demo_path(demo, name, path) != CM_OK || cm_file_load(path, &pem, NULL) != CM_OK)
			return cm_demo_bad(demo, "%s cannot be read", name);
	}
	return cm_demo_write(demo, "court/trust.pem", 0644, cm_buf_view(&pem));
}

static cm_result
cm_demo_court_keys(struct cm_demo *demo)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) keys = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	const struct cm_demo_node *const nodes[] = {&demo->xa, &demo->xb};
	for (size_t i = 0; i < 2; i++) {
		char key[CM_DEMO_TEXT];
		cm_result r = cm_demo_at(demo, nodes[i], CM_DEMO_WORDS_OF("node", "show"));
		if (r != CM_OK)
			return r;
		cm_demo_text(demo, "log_vkey", key);
		cm_buf_printf(&keys, "%s\n", key);
	}
	return cm_demo_write(demo, "court/register.vkey", 0644, cm_buf_view(&keys));
}

// The number of the last message that went the wanted way; `name` is the message's own.
static bool
cm_demo_court_message(struct cm_demo *demo, const char *direction, bool first, char to[24])
{
	const struct cm_json_value *list = cm_demo_find(demo, "messages");
	bool found = false;
	for (size_t i = 0; list != NULL && i < cm_json_count(list) && !(first && found); i++) {
		const struct cm_json_value *row = cm_json_at(list, i);
		if (!cm_view_is(cm_json_text(cm_json_member(row, "direction")), direction))
			continue;
		snprintf(to, 24, "%lld", (long long)cm_json_number(cm_json_member(row, "message")));
		found = true;
	}
	return found;
}

// The request as xa sent it, and what xb sent last about it: its DELIVER.
static cm_result
cm_demo_court_messages(struct cm_demo *demo)
{
	char number[24], theirs[CM_DEMO_ID];
	cm_result r = cm_demo_at(demo, &demo->xa, CM_DEMO_WORDS_OF("request", "messages", demo->request));
	if (r == CM_OK && !cm_demo_court_message(demo, "sent", true, number))
		return cm_demo_bad(demo, "xa.contact kept no message of its request");
	if (r == CM_OK)
		r = cm_demo_at(demo, &demo->xa, CM_DEMO_WORDS_OF("message", "show", number, "--out", "court/request.json"));
	if (r == CM_OK)
		r = cm_demo_at(demo, &demo->xb, CM_DEMO_WORDS_OF("evidence", "show", demo->their_evidence));
	if (r != CM_OK || !cm_demo_id(demo, "request", theirs))
		return CM_REFUSED;
	r = cm_demo_at(demo, &demo->xb, CM_DEMO_WORDS_OF("request", "messages", theirs));
	if (r == CM_OK && !cm_demo_court_message(demo, "sent", false, number))
		return cm_demo_bad(demo, "xb.contact kept no message of its answer");
	return r == CM_OK ? cm_demo_at(demo, &demo->xb,
	                               CM_DEMO_WORDS_OF("message", "show", number, "--out", "court/answer.json"))
	                  : r;
}

// -- the bundle ----------------------------------------------------------------------------------------------------

static cm_result
cm_demo_court_export(struct cm_demo *demo)
{
	cm_result r =
	        cm_demo_as(demo, &demo->ilse, CM_DEMO_WORDS_OF("evidence", "open", demo->evidence, "--for", "export"));
	if (r == CM_OK)
		r = cm_demo_as(demo, &demo->per, CM_DEMO_WORDS_OF("evidence", "approve", demo->evidence, "--for", "export"));
	if (r == CM_OK)
		r = cm_demo_as(demo, &demo->ilse,
		               CM_DEMO_WORDS_OF("bundle", "export", demo->evidence, "--out", "court/bundle.asice"));
	if (r != CM_OK)
		return r;
	demo->bundle_bytes = cm_demo_number(demo, "bytes");
	cm_demo_good(demo, "two persons approved the export; the bundle was written straight into the officer's file");
	return CM_OK;
}

// Says how many checks there were, and names those that failed.
static size_t
cm_demo_court_checks(struct cm_demo *demo, size_t *ret_failed)
{
	const struct cm_json_value *checks = cm_demo_find(demo, "checks");
	size_t n = checks == NULL ? 0 : cm_json_count(checks);
	*ret_failed = 0;
	for (size_t i = 0; i < n; i++) {
		const struct cm_json_value *check = cm_json_at(checks, i);
		if (!cm_view_is(cm_json_text(cm_json_member(check, "state")), "failed"))
			continue;
		++*ret_failed;
		cm_demo_note(demo, "the check that fails: %.*s %.*s: %.*s", CM_VIEW_ARG(cm_json_text(cm_json_member(check, "name"))),
		             CM_VIEW_ARG(cm_json_text(cm_json_member(check, "about"))),
		             CM_VIEW_ARG(cm_json_text(cm_json_member(check, "detail"))));
	}
	return n;
}

// "signature 2, file 47, …": each name with how many checks of it there were.
static void
cm_demo_court_names(struct cm_demo *demo)
{
	const struct cm_json_value *checks = cm_demo_find(demo, "checks");
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	size_t n = checks == NULL ? 0 : cm_json_count(checks);
	for (size_t i = 0; i < n; i++) {
		struct cm_view name = cm_json_text(cm_json_member(cm_json_at(checks, i), "name"));
		size_t same = 0, before = 0;
		for (size_t k = 0; k < n; k++)
			if (cm_view_equal(name, cm_json_text(cm_json_member(cm_json_at(checks, k), "name")))) {
				same++;
				before += k < i;
			}
		if (before == 0)
			cm_buf_printf(&text, "%s%.*s %zu", text.n == 0 ? "" : ", ", CM_VIEW_ARG(name), same);
	}
	cm_demo_note(demo, "checks by name: %s", cm_buf_cstr(&text));
}

static cm_result
cm_demo_court_verify(struct cm_demo *demo)
{
	char verdict[CM_DEMO_TEXT];
	size_t failed = 0;
	cm_result r = cm_demo_do(demo, &(struct cm_demo_command){
	                                       .words = CM_DEMO_WORDS_OF("comity", "verify", "bundle.asice", "--trust",
	                                                                 "trust.pem", "--json"),
	                                       .prompt = "court", .folder = "court", .own = true});
	if (r != CM_OK)
		return r;
	cm_demo_text(demo, "verdict", verdict);
	size_t n = cm_demo_court_checks(demo, &failed);
	if (strcmp(verdict, "valid") != 0 || failed > 0 || n == 0)
		return cm_demo_bad(demo, "The verdict is \"%s\"", verdict);
	cm_demo_court_names(demo);
	cm_demo_good(demo, "%zu checks, offline, by the State roots alone: %s", n, verdict);
	return CM_OK;
}

// -- the same with programs of others ------------------------------------------------------------------------------

// The digests of both manifests as lines that sha256sum takes.
static const char cm_demo_court_sums[] =
        "for m in META-INF/ASiCManifest00?.xml; do"
        " sed -n 's/.*DataObjectReference URI=\"\\([^\"]*\\)\".*/\\1/p; s/.*DigestValue>\\([^<]*\\)<.*/\\1/p' \"$m\" |"
        " sed 's/&amp;/\\&/g' |"
        " while read -r uri && read -r digest; do"
        " printf '%s  %b\\n' \"$(base64 -d <<<\"$digest\" | od -An -v -tx1 | tr -d ' \\n')\" \"${uri//%/\\\\x}\";"
        " done; done | sha256sum --check --strict --quiet && echo all files are as the manifests say";

static cm_result
cm_demo_court_signature(struct cm_demo *demo, const char *number)
{
	char line[CM_DEMO_TEXT];
	snprintf(line, sizeof line,
	         "openssl cms -verify -cades -binary -inform DER -in META-INF/signature%s.p7s "
	         "-content META-INF/ASiCManifest%s.xml -CAfile ../trust.pem -purpose any -out /dev/null",
	         number, number);
	return cm_demo_shell(demo, "court/unpacked", line);
}

static cm_result
cm_demo_court_others(struct cm_demo *demo)
{
	cm_result r = cm_demo_shell(demo, "court", "unzip -q bundle.asice -d unpacked");
	if (r == CM_OK)
		r = cm_demo_shell(demo, "court/unpacked", cm_demo_court_sums);
	if (r == CM_OK)
		cm_demo_quote(demo, cm_buf_view(&demo->out), 3);
	if (r == CM_OK)
		r = cm_demo_court_signature(demo, "001");
	if (r == CM_OK)
		r = cm_demo_court_signature(demo, "002");
	if (r == CM_OK)
		r = cm_demo_shell(demo, "court", "cp unpacked/court/custody.jsonld .");
	if (r == CM_OK)
		r = cm_demo_shell(demo, "court", "cp unpacked/court/proofs/*.tlog-proof .");
	if (r == CM_OK)
		cm_demo_good(demo, "unzip, sha256sum and openssl say the same: every file as listed, both signatures good");
	char path[CM_FILE_PATH];
	if (r == CM_OK && cm_demo_path(demo, "court/unpacked", path) == CM_OK)
		cm_result_ignore(cm_dir_remove_all(path, NULL), "only a copy");
	return r;
}

// -- one byte changed ----------------------------------------------------------------------------------------------

static cm_result
cm_demo_court_flip(struct cm_demo *demo, const char *name)
{
	char path[CM_FILE_PATH];
	CM_FILE_AUTO int fd = -1;
	uint8_t byte;
	uint64_t at = demo->bundle_bytes / 2;
	if (cm_demo_path(demo, name, path) != CM_OK || cm_file_open(path, CM_FILE_UPDATE, 0600, NULL, &fd) != CM_OK ||
	    cm_file_pread_all(fd, at, &byte, 1, NULL) != CM_OK)
		return cm_demo_bad(demo, "The copy cannot be changed");
	byte ^= 1;
	if (cm_file_pwrite_all(fd, at, cm_view_of(&byte, 1), NULL) != CM_OK)
		return cm_demo_bad(demo, "The copy cannot be changed");
	cm_demo_note(demo, "one bit of byte %llu of the copy was changed", (unsigned long long)at);
	return CM_OK;
}

static cm_result
cm_demo_court_forged(struct cm_demo *demo)
{
	char verdict[CM_DEMO_TEXT], path[CM_FILE_PATH];
	size_t failed = 0;
	cm_result r = cm_demo_shell(demo, "court", "cp bundle.asice changed.asice");
	if (r == CM_OK)
		r = cm_demo_court_flip(demo, "court/changed.asice");
	if (r == CM_OK)
		r = cm_demo_do(demo, &(struct cm_demo_command){
		                             .words = CM_DEMO_WORDS_OF("comity", "verify", "changed.asice", "--trust", "trust.pem",
		                                                       "--json"),
		                             .prompt = "court", .folder = "court", .expect = 1, .own = true});
	if (r != CM_OK)
		return r;
	cm_demo_text(demo, "verdict", verdict);
	size_t n = cm_demo_court_checks(demo, &failed);
	if (strcmp(verdict, "refused") != 0 || failed == 0)
		return cm_demo_bad(demo, "The changed copy was not refused by name (%zu checks): \"%s\"", n, verdict);
	cm_demo_good(demo, "the changed copy is refused, and the failing check is named");
	if (cm_demo_path(demo, "court/changed.asice", path) == CM_OK)
		cm_result_ignore(cm_file_remove(path, NULL), "only a copy");
	return CM_OK;
}

cm_result
cm_demo_court(struct cm_demo *demo)
{
	cm_result r = cm_demo_court_export(demo);
	if (r == CM_OK)
		r = cm_demo_court_roots(demo);
	if (r == CM_OK)
		r = cm_demo_court_keys(demo);
	if (r == CM_OK)
		r = cm_demo_court_messages(demo);
	if (r == CM_OK)
		r = cm_demo_court_verify(demo);
	if (r == CM_OK)
		r = cm_demo_court_others(demo);
	return r == CM_OK ? cm_demo_court_forged(demo) : r;
}
