#include "unit.h"

#include "node/peering.h"

// Both sides compute the same words from the same transcript, and any other transcript gives others.
static void
words_depend_on_every_part(void **state)
{
	(void)state;
	struct cm_peering_transcript t;
	char words[CM_PEERING_WORDS], other[CM_PEERING_WORDS];
	memset(&t, 0, sizeof t);
	cm_peering_words(&t, words);
	assert_int_equal(strlen(words), 29);
	uint8_t *const parts[] = {t.inviter_card.b, t.invited_card.b, t.inviter_nonce, t.invited_nonce};
	for (size_t i = 0; i < 4; i++) {
		parts[i][31] ^= 1;
		cm_peering_words(&t, other);
		assert_string_not_equal(words, other);
		parts[i][31] ^= 1;
	}
}

static void
macs_are_bound_to_side_cards_and_commitment(void **state)
{
	(void)state;
	uint8_t secret[CM_INVITATION_SECRET] = {1}, commitment[32] = {2}, id[16], other_id[16];
	struct cm_hash a = cm_hash_of(cm_view_text("a")), b = cm_hash_of(cm_view_text("b"));
	struct cm_hash mac = cm_peering_mac(secret, "comity-invited-v1", &a, &b, commitment);
	struct cm_hash side = cm_peering_mac(secret, "comity-inviter-v1", &a, &b, commitment);
	struct cm_hash cards = cm_peering_mac(secret, "comity-invited-v1", &b, &a, commitment);
	assert_false(cm_hash_equal(&mac, &side));
	assert_false(cm_hash_equal(&mac, &cards));
	commitment[0] ^= 1;
	struct cm_hash nonce = cm_peering_mac(secret, "comity-invited-v1", &a, &b, commitment);
	assert_false(cm_hash_equal(&mac, &nonce));
	cm_peering_id(secret, id);
	secret[15] ^= 1;
	cm_peering_id(secret, other_id);
	assert_memory_not_equal(id, other_id, sizeof id);
}

static void
a_pairing_is_kept_and_read_again(void **state)
{
	(void)state;
	struct cm_peering_state in = {.secret = {1}, .own_nonce = {2}, .other_commitment = {3}, .words = "zupa togo"}, out;
	struct cm_buf bytes = cm_buf_of(512);
	cm_peering_state_write(&in, &bytes);
	assert_true(cm_peering_state_read(cm_buf_view(&bytes), &out));
	assert_memory_equal(&in, &out, sizeof in);
	for (size_t n = 0; n < bytes.n; n++)
		assert_false(cm_peering_state_read(cm_view_of(bytes.p, n), &out));
	cm_buf_fini(&bytes);
}

UNIT_MAIN(T(words_depend_on_every_part), T(macs_are_bound_to_side_cards_and_commitment),
          T(a_pairing_is_kept_and_read_again))
