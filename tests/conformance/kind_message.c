// Makes the HI-1 message of a draft the way a node does, with fixed identifiers and one fixed moment, so that the pages of the
// kinds (doc/spec/kinds/) can show it and others can hold it against their own. Not installed.
//   kind_message DRAFT.json CERTIFICATE.pem > MESSAGE.json       RFC 8785 bytes without Signature
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tab_limit.h"
#include "domain/kind.h"
#include "format/draft.h"

static struct cm_report report;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "kind_message: %s", what);
	for (size_t i = 0; i < report.count; i++)
		fprintf(stderr, " [%s %s: %s]", cm_error_row(report.findings[i].rule)->name, report.findings[i].place,
		        report.findings[i].seen);
	fputc('\n', stderr);
	exit(1);
}

static void
sha256(struct cm_view bytes, uint8_t ret_digest[32])
{
	if (EVP_Digest(bytes.p, bytes.n, ret_digest, NULL, EVP_sha256(), NULL) != 1)
		die("SHA-256");
}

// The call of the API that hands the draft over.
static struct cm_buf
call_of(const char *path)
{
	struct cm_buf call = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	FILE *f = fopen(path, "rb");
	static uint8_t block[65536];
	if (f == NULL)
		die("the draft cannot be read");
	cm_buf_text(&call, "{\"draft\":");
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
		cm_buf_add(&call, block, n);
	cm_buf_text(&call, "}");
	fclose(f);
	return call;
}

static struct cm_view
der_of(const char *path)
{
	FILE *f = fopen(path, "rb");
	X509 *x = f == NULL ? NULL : PEM_read_X509(f, NULL, NULL, NULL);
	uint8_t *der = NULL;
	int n = x == NULL ? -1 : i2d_X509(x, &der);
	if (n < 0)
		die("the certificate cannot be read");
	fclose(f);
	X509_free(x);
	return cm_view_of(der, (size_t)n);
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		die("two arguments are needed: a draft and a sealing certificate");
	struct cm_buf call = call_of(argv[1]), text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_draft_told told = {
	        .sender = {cm_view_text("XA"), cm_view_text("contact")},
	        .receiver = {cm_view_text("XB"), cm_view_text("contact")},
	        .now = cm_instant_of_seconds(1803950524), // 2027-03-02T01:22:04Z
	        .transaction = cm_view_text("f357d00a-90d3-43c2-ab55-070a3863644a"),
	        .document = cm_view_text("f0ba8e34-0854-4f6a-ad46-fdacbe0a008e"),
	        .authorisation = cm_view_text("fdcf2fbc-7b86-4bde-a249-90c977902991"),
	        .task = cm_view_text("1bc5d8d0-5bfc-47d7-a174-31dff2677b34"),
	        .encryption = cm_view_text("0769828b-b7f6-4afd-ac56-f36a3ad82828"),
	        .reference = cm_view_text("XA-2027-0412"),
	        .disclosure_reference = cm_view_text("XA-contact-2027.0412"),
	        .seal_certificate = der_of(argv[2]),
	        .node = cm_view_text("xa.contact"),
	        .sha256 = sha256,
	};
	struct cm_draft draft;
	struct cm_hi1_message message;
	enum cm_kind kind;
	if (cm_draft_read(cm_buf_view(&call), &told, &report, &draft) != CM_OK)
		die("the draft is refused");
	kind = cm_kind_find(draft.doc.kind.p, draft.doc.kind.n);
	if (cm_draft_message(&draft, &told, cm_kind_draft(kind), &report, &message) != CM_OK)
		die("no message can be made of the draft");
	if (cm_hi1_message_write(&message, &text) != CM_OK || cm_buf_result(&text) != CM_OK)
		die("the message cannot be written");
	fwrite(cm_buf_view(&text).p, 1, cm_buf_view(&text).n, stdout);
	cm_draft_fini(&draft);
	cm_buf_fini(&call);
	cm_buf_fini(&text);
	return fflush(stdout) != 0;
}
