// A bare hand on the crypto room, for scripts that let other people's programs judge it. Not installed.
//   crypto_tool age-vector FILE          one CCTV vector: prints what happened, exit 0 when it is what the vector
//   expects crypto_tool age-open IDENTITY < in > out crypto_tool age-seal RECIPIENT… < in > out crypto_tool cms-make
//   DIR < content   writes DIR/{root.pem,signature.p7s,signature-with-root.p7s} crypto_tool cms-verify P7S CONTENT
//   ROOT.pem crypto_tool key-make DIR             writes DIR/{p256,ed25519,x25519}.{plain,sealed}.pem and .pub.der;
//   pass phrase "secret"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/rd.h"
#include "base/tab_limit.h"
#include "crypto/chain.h"
#include "crypto/cms.h"
#include "crypto/seal.h"

#define MAX ((size_t)1 << 30)

static struct cm_report report;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "crypto_tool: %s", what);
	for (size_t i = 0; i < report.count; i++)
		fprintf(stderr, " [%s: %s]", cm_error_row(report.findings[i].rule)->name, report.findings[i].seen);
	fputc('\n', stderr);
	exit(1);
}

static struct cm_buf
slurp(FILE *f)
{
	static uint8_t block[65536];
	struct cm_buf b = cm_buf_of(MAX);
	if (f == NULL)
		die("cannot open a file");
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
		cm_buf_add(&b, block, n);
	if (f != stdin)
		fclose(f);
	return b;
}

static void
spit(const char *dir, const char *name, struct cm_view v)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "wb");
	if (f == NULL || fwrite(v.p, 1, v.n, f) != v.n || fclose(f) != 0)
		die(path);
}

static void
chance(void *to, size_t n)
{
	FILE *f = fopen("/dev/urandom", "rb");
	if (f == NULL || fread(to, 1, n, f) != n)
		die("/dev/urandom");
	fclose(f);
}

// Opens a whole sealed file; what could be opened before a fault is in `to`, as a stream would give it.
static cm_result
age_open(struct cm_view bytes, const struct cm_seal_identity *ids, size_t id_count, struct cm_buf *to)
{
	static uint8_t plain[CM_SEAL_CHUNK];
	struct cm_seal_header h;
	struct cm_seal_file_key key;
	struct cm_seal_stream *s;
	cm_result r = cm_seal_header_read(bytes, &report, &h);
	if (r != CM_OK)
		return r;
	r = CM_REFUSED;
	for (size_t i = 0; i < id_count && r != CM_OK; i++) {
		cm_report_clear(&report);
		r = cm_seal_unwrap(&h, &ids[i], &report, &key);
		if (r != CM_OK && !cm_report_has(&report, CM_ERROR_SEAL_NO_MATCH))
			break;
	}
	if (r != CM_OK)
		return r;
	if (bytes.n - h.n < CM_SEAL_NONCE)
		return cm_report_refuse(&report, CM_ERROR_SEAL_HEADER, "nonce", "cut");
	struct cm_view rest = cm_view_part(bytes, h.n + CM_SEAL_NONCE, bytes.n);
	if (cm_seal_stream_new(&key, bytes.p + h.n, CM_SEAL_DECRYPT, &s) != CM_OK)
		die("no stream");
	// As a reader of a pipe does it, who does not know where the end is: a chunk that does not open as one of the
	// middle may be the last; then nothing may follow.
	bool is_done = false;
	for (uint64_t i = 0; r == CM_OK && !is_done; i++) {
		struct cm_view v = cm_view_part(rest, (size_t)i * CM_SEAL_SEALED_CHUNK, CM_SEAL_SEALED_CHUNK);
		if (cm_seal_chunk_decrypt(s, (struct cm_seal_chunk){i, false}, v, NULL, plain) != CM_OK) {
			r = cm_seal_chunk_decrypt(s, (struct cm_seal_chunk){i, true}, v, &report, plain);
			is_done = true;
		}
		if (r == CM_OK)
			cm_buf_add(to, plain, v.n - CM_SEAL_TAG);
		if (r == CM_OK && is_done && rest.n > (size_t)i * CM_SEAL_SEALED_CHUNK + v.n)
			r = cm_report_refuse(&report, CM_ERROR_SEAL_CHUNK, "payload", "bytes behind the last chunk");
	}
	cm_seal_stream_free(s);
	return r;
}

// The vector's own word for what happened.
static const char *
age_outcome(cm_result r)
{
	if (r == CM_OK)
		return "success";
	if (cm_report_has(&report, CM_ERROR_SEAL_NO_MATCH))
		return "no match";
	if (cm_report_has(&report, CM_ERROR_SEAL_MAC))
		return "HMAC failure";
	if (cm_report_has(&report, CM_ERROR_SEAL_CHUNK))
		return "payload failure";
	return "header failure";
}

static int
age_vector(const char *path)
{
	struct cm_buf file = slurp(fopen(path, "rb")), plain = cm_buf_of(MAX);
	struct cm_rd rd = cm_rd_of(cm_buf_view(&file));
	struct cm_seal_identity ids[4];
	size_t id_count = 0;
	struct cm_view expect = {0}, payload = {0}, line;
	while ((line = cm_rd_until(&rd, '\n')).n != 0) {
		if (cm_view_starts(line, "expect: "))
			expect = cm_view_part(line, 8, line.n);
		else if (cm_view_starts(line, "payload: "))
			payload = cm_view_part(line, 9, line.n);
		else if (cm_view_starts(line, "identity: ") && id_count < 4 &&
		         cm_seal_identity_read(cm_view_part(line, 10, line.n), &report, &ids[id_count++]) != CM_OK)
			die("identity");
	}
	cm_result r = age_open(cm_rd_bytes(&rd, cm_rd_left(&rd)), ids, id_count, &plain);
	const char *outcome = age_outcome(r);
	bool good = cm_view_is(expect, outcome);
	if (payload.n != 0) {
		struct cm_hash h = cm_hash_of(cm_buf_view(&plain));
		char hex[65];
		cm_hex_text(cm_hash_view(&h), hex);
		if (!cm_view_is(payload, hex)) {
			printf("payload differs (%zu bytes)\n", plain.n);
			good = false;
		}
	}
	printf("%s: expected \"%.*s\", got \"%s\"\n", good ? "ok" : "BAD", CM_VIEW_ARG(expect), outcome);
	cm_buf_fini(&file);
	cm_buf_fini(&plain);
	return good ? 0 : 1;
}

static int
age_open_stream(const char *text)
{
	struct cm_seal_identity id;
	struct cm_buf in = slurp(stdin), plain = cm_buf_of(MAX);
	if (cm_seal_identity_read(cm_view_text(text), &report, &id) != CM_OK ||
	    age_open(cm_buf_view(&in), &id, 1, &plain) != CM_OK)
		die("it does not open");
	fwrite(plain.p, 1, plain.n, stdout);
	cm_buf_fini(&in);
	cm_buf_fini(&plain);
	return 0;
}

static int
age_seal_stream(char **texts, size_t count)
{
	struct cm_seal_recipient to[CM_LIMIT_SEAL_RECIPIENTS_VALUE];
	struct cm_seal_random random;
	struct cm_seal_stream *s;
	static uint8_t sealed[CM_SEAL_SEALED_CHUNK];
	struct cm_buf in = slurp(stdin), header = cm_buf_of(CM_LIMIT_SEAL_HEADER_VALUE);
	chance(&random, sizeof random);
	for (size_t i = 0; i < count; i++)
		if (cm_seal_recipient_read(cm_view_text(texts[i]), &report, &to[i]) != CM_OK)
			die("recipient");
	if (cm_seal_header_write(to, count, &random, &report, &header) != CM_OK ||
	    cm_seal_stream_new(&random.file_key, random.nonce, CM_SEAL_ENCRYPT, &s) != CM_OK)
		die("header");
	fwrite(header.p, 1, header.n, stdout);
	uint64_t n = cm_seal_chunks_of_plain(in.n);
	for (uint64_t i = 0; i < n; i++) {
		struct cm_view v = cm_view_part(cm_buf_view(&in), (size_t)i * CM_SEAL_CHUNK, CM_SEAL_CHUNK);
		if (cm_seal_chunk_encrypt(s, (struct cm_seal_chunk){i, i == n - 1}, v, sealed) != CM_OK)
			die("chunk");
		fwrite(sealed, 1, v.n + CM_SEAL_TAG, stdout);
	}
	cm_seal_stream_free(s);
	cm_buf_fini(&in);
	cm_buf_fini(&header);
	return 0;
}

static void
cms_put(const char *dir, const char *name, const struct cm_cms_parts *parts)
{
	struct cm_buf b = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	if (cm_cms_write(parts, &report, &b) != CM_OK)
		die("cms");
	spit(dir, name, cm_buf_view(&b));
	cm_buf_fini(&b);
}

static int
cms_make(const char *dir)
{
	struct cm_key *root_key, *key;
	struct cm_key_public root_public, public;
	struct cm_instant now = cm_instant_of_seconds(time(NULL));
	struct cm_x509_spec spec = {.role = CM_X509_ROOT,
	                            .country = "XA",
	                            .name = "Arland root",
	                            .not_before = {now.us - CM_INSTANT_DAY},
	                            .not_after = {now.us + CM_INSTANT_DAY}};
	struct cm_buf in = slurp(stdin), root = cm_buf_of(MAX), leaf = cm_buf_of(MAX), pem = cm_buf_of(MAX),
		      attributes = cm_buf_of(MAX);
	struct cm_hash digest = cm_hash_of(cm_buf_view(&in));
	if (cm_key_generate(CM_KEY_P256, &root_key) != CM_OK || cm_key_generate(CM_KEY_P256, &key) != CM_OK)
		die("keys");
	cm_key_public(root_key, &root_public);
	cm_key_public(key, &public);
	if (cm_x509_write(&spec, &root_public, root_key, cm_view_of(NULL, 0), &report, &root) != CM_OK)
		die("root");
	spec.role = CM_X509_AUTHORITY;
	spec.node = "xa.contact";
	spec.name = NULL;
	chance(spec.serial, sizeof spec.serial);
	if (cm_x509_write(&spec, &public, root_key, cm_buf_view(&root), &report, &leaf) != CM_OK ||
	    cm_cms_attributes(&digest, now, cm_buf_view(&leaf), &attributes) != CM_OK)
		die("authority");
	struct cm_view chain[2] = {cm_buf_view(&leaf), cm_buf_view(&root)};
	struct cm_cms_parts parts = {.attributes = cm_buf_view(&attributes), .chain = chain, .chain_count = 1};
	if (cm_key_sign(key, cm_buf_view(&attributes), &parts.signature) != CM_OK ||
	    cm_x509_pem_write(cm_buf_view(&root), "CERTIFICATE", &pem) != CM_OK)
		die("signature");
	cms_put(dir, "signature.p7s", &parts);
	parts.chain_count = 2;
	cms_put(dir, "signature-with-root.p7s", &parts);
	spit(dir, "root.pem", cm_buf_view(&pem));
	struct cm_buf *all[] = {&in, &root, &leaf, &pem, &attributes};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		cm_buf_fini(all[i]);
	cm_key_free(root_key);
	cm_key_free(key);
	return 0;
}

static int
cms_verify(const char *p7s, const char *content, const char *root)
{
	struct cm_buf a = slurp(fopen(p7s, "rb")), b = slurp(fopen(content, "rb")), c = slurp(fopen(root, "rb"));
	struct cm_hash digest = cm_hash_of(cm_buf_view(&b));
	struct cm_x509_list roots;
	struct cm_cms cms;
	struct cm_chain_answer answer;
	if (cm_x509_pem_read(cm_buf_view(&c), &report, &roots) != CM_OK ||
	    cm_cms_verify(cm_buf_view(&a), &digest, &report, &cms) != CM_OK)
		die("refused");
	struct cm_chain_question q = {.leaf = cms.chain.der[0],
	                              .roots = roots.der,
	                              .root_count = roots.count,
	                              .at = cms.signing_time,
	                              .purpose = CM_CHAIN_SIGN};
	if (cm_chain_check(&q, &report, &answer) != CM_OK)
		die("refused");
	printf("good: %s\n", answer.leaf.node);
	cm_cms_fini(&cms);
	cm_x509_list_fini(&roots);
	cm_buf_fini(&a);
	cm_buf_fini(&b);
	cm_buf_fini(&c);
	return 0;
}

static int
key_make(const char *dir)
{
	static const char *const names[] = {"p256", "ed25519", "x25519"};
	static const enum cm_key_kind kinds[] = {CM_KEY_P256, CM_KEY_ED25519, CM_KEY_X25519};
	for (size_t i = 0; i < 3; i++) {
		struct cm_key *key;
		struct cm_key_public public;
		struct cm_buf plain = cm_buf_of(MAX), sealed = cm_buf_of(MAX), der = cm_buf_of(MAX);
		char name[64];
		if (cm_key_generate(kinds[i], &key) != CM_OK ||
		    cm_key_pem_write(key, cm_view_of(NULL, 0), &plain) != CM_OK ||
		    cm_key_pem_write(key, cm_view_text("secret"), &sealed) != CM_OK)
			die("key");
		cm_key_public(key, &public);
		if (cm_key_spki_write(&public, &der) != CM_OK)
			die("key");
		snprintf(name, sizeof name, "%s.plain.pem", names[i]);
		spit(dir, name, cm_buf_view(&plain));
		snprintf(name, sizeof name, "%s.sealed.pem", names[i]);
		spit(dir, name, cm_buf_view(&sealed));
		snprintf(name, sizeof name, "%s.pub.der", names[i]);
		spit(dir, name, cm_buf_view(&der));
		cm_buf_fini(&plain);
		cm_buf_fini(&sealed);
		cm_buf_fini(&der);
		cm_key_free(key);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	if (strcmp(what, "age-vector") == 0 && argc == 3)
		return age_vector(argv[2]);
	if (strcmp(what, "age-open") == 0 && argc == 3)
		return age_open_stream(argv[2]);
	if (strcmp(what, "age-seal") == 0 && argc > 2 && argc - 2 <= CM_LIMIT_SEAL_RECIPIENTS_VALUE)
		return age_seal_stream(argv + 2, (size_t)argc - 2);
	if (strcmp(what, "cms-make") == 0 && argc == 3)
		return cms_make(argv[2]);
	if (strcmp(what, "cms-verify") == 0 && argc == 5)
		return cms_verify(argv[2], argv[3], argv[4]);
	if (strcmp(what, "key-make") == 0 && argc == 3)
		return key_make(argv[2]);
	fputs("usage: see the head of crypto_tool.c\n", stderr);
	return 2;
}
