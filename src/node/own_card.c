// Knows: how the node's own card is signed by both keys and put into its folder. Does not know: what stands on it (init.c,
// renew.c) or what a card must hold (domain/identity.h checks it before it is written).
#include "node/own_card.h"

#include "base/mem.h"
#include "crypto/jws.h"
#include "domain/identity.h"
#include "os/clock.h"
#include "os/file.h"

// One of the card's two signatures, appended to `text` (protected header, then signature).
struct cm_own_card_signature {
	struct cm_buf protected_b64, signature_b64;
};

static cm_result
cm_own_card_sign(const struct cm_buf *unsigned_card, const struct cm_hash *certificate, const struct cm_key *root,
             struct cm_keeper_client *keeper, struct cm_report *report, struct cm_own_card_signature *to)
{
	struct cm_key_signature sig;
	cm_card_protected_write(certificate->b, &to->protected_b64);
	cm_result r = cm_buf_result(&to->protected_b64);
	struct cm_hash digest = cm_jws_digest(cm_buf_view(&to->protected_b64), cm_buf_view(unsigned_card));
	if (r == CM_OK && root != NULL)
		r = cm_key_sign_digest(root, &digest, &sig);
	else if (r == CM_OK)
		r = cm_keeper_client_sign_card(keeper, cm_buf_view(unsigned_card), report, &sig);
	if (r == CM_OK)
		cm_jws_signature_write(&sig, &to->signature_b64);
	return r;
}

cm_result
cm_own_card_write(const char *home, struct cm_card *card, const struct cm_state_root *root,
                  struct cm_keeper_client *keeper, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) plain = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) whole = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_own_card_signature by[2];
	char path[CM_FILE_PATH];
	for (int i = 0; i < 2; i++)
		by[i] = (struct cm_own_card_signature){cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE), cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE)};
	struct cm_hash authority = cm_hash_of(card->sign_certificate), state = cm_hash_of(card->state_certificate);
	cm_result r = cm_card_write_unsigned(card, &plain);
	if (r == CM_OK)
		r = cm_own_card_sign(&plain, &authority, NULL, keeper, report, &by[0]);
	if (r == CM_OK)
		r = cm_own_card_sign(&plain, &state, root->key, NULL, report, &by[1]);
	struct cm_card_signature signatures[2] = {
	        {.by = cm_view_text("authority"),
	                .protected_b64 = cm_buf_view(&by[0].protected_b64),
	                .signature_b64 = cm_buf_view(&by[0].signature_b64)},
	        {.by = cm_view_text("state"),
	                .protected_b64 = cm_buf_view(&by[1].protected_b64),
	                .signature_b64 = cm_buf_view(&by[1].signature_b64)},
	};
	card->signatures = signatures;
	card->signature_count = 2;
	if (r == CM_OK)
		r = cm_card_write(card, &whole);
	struct cm_card CM_CLEANUP(cm_card_fini) back = {.serial = 0};
	struct cm_identity identity;
	if (r == CM_OK)
		r = cm_card_read(cm_buf_view(&whole), report, &back);
	if (r == CM_OK)
		r = cm_identity_check(&back, &(struct cm_identity_question){.at = cm_clock_utc()}, report, &identity);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, home, "card.json", report);
	if (r == CM_OK)
		r = cm_file_replace(path, 0644, cm_buf_view(&whole), report);
	for (int i = 0; i < 2; i++) {
		cm_buf_fini(&by[i].protected_b64);
		cm_buf_fini(&by[i].signature_b64);
	}
	return r;
}
