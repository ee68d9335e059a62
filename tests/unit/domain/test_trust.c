#include "../format/json_kit.h"

#include "base/hex.h"
#include "domain/trust.h"

// Lists of the vectors: signed by a library that is not ours.
struct kept {
	struct cm_buf bytes;
	struct cm_directory list;
	struct cm_hash sha256;
};

static struct kept states, state, two_roots;

static struct cm_instant
at(const char *text)
{
	struct cm_instant t;
	assert_true(cm_instant_read(cm_view_text(text), &t));
	return t;
}

static struct kept
kept_of(const char *name)
{
	struct kept k = {.bytes = kit_file("directory/accept", name)};
	assert_int_equal(cm_directory_read(cm_buf_view(&k.bytes), NULL, &k.list), CM_OK);
	assert_int_equal(cm_trust_check_signed(&k.list, NULL), CM_OK);
	k.sha256 = cm_hash_of(cm_buf_view(&k.bytes));
	return k;
}

static int
read_all(void **unused)
{
	(void)unused;
	states = kept_of("states.json");
	state = kept_of("state.json");
	two_roots = kept_of("state-two-roots.json");
	return 0;
}

static int
free_all(void **unused)
{
	(void)unused;
	struct kept *all[] = {&states, &state, &two_roots};
	for (size_t i = 0; i < 3; i++) {
		cm_directory_fini(&all[i]->list);
		cm_buf_fini(&all[i]->bytes);
	}
	return 0;
}

// A file after the list of its kind that is known, on 10 March 2027.
static cm_result
judged(struct cm_view bytes, struct cm_report *report)
{
	struct cm_directory list = {.version = 0};
	cm_result r = cm_directory_read(bytes, report, &list);
	if (r == CM_OK)
		r = cm_trust_check_signed(&list, report);
	const struct kept *old = cm_directory_is_states(&list) ? &states : &state;
	struct cm_trust_question question = {.now = at("2027-03-10T00:00:00Z"),
	        .old = &old->list,
	        .old_sha256 = old->sha256,
	        .sha256 = cm_hash_of(bytes)};
	if (r == CM_OK)
		r = cm_trust_check_new(&list, &question, report);
	cm_directory_fini(&list);
	return r;
}

static void
is_taken(const char *name, struct cm_view bytes)
{
	struct cm_report report = {.count = 0};
	cm_result r = judged(bytes, &report);
	kit_say(name, &report);
	assert_int_equal(r, CM_OK);
}

static void
is_refused(const char *name, struct cm_view bytes)
{
	struct cm_report report = {.count = 0};
	enum cm_error rule = kit_rule(name);
	cm_result r = judged(bytes, &report);
	if (r != CM_REFUSED || !cm_report_has(&report, rule)) {
		kit_say(name, &report);
		fail_msg("%s: %s", name, cm_result_name(r));
	}
}

static void
a_list_follows_a_list_or_is_refused_by_name(void **unused)
{
	(void)unused;
	kit_each("trust/accept", 3, is_taken);
	kit_each("trust/refuse", 21, is_refused);
}

static void
a_first_list_begins_at_a_known_root(void **unused)
{
	(void)unused;
	struct cm_hash first = cm_hash_of(state.list.anchors[0].certificate), none = cm_hash_of(cm_view_text("x"));
	struct cm_trust_question question = {.now = at("2027-03-10T00:00:00Z"), .anchors = &first, .anchor_count = 1};
	struct cm_report report = {.count = 0};
	assert_int_equal(cm_trust_check_new(&state.list, &question, &report), CM_OK);
	// Who slept through a change of roots rolls forward by the word of the old one.
	assert_int_equal(cm_trust_check_new(&two_roots.list, &question, &report), CM_OK);
	assert_int_equal(cm_trust_check_new(&states.list, &question, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_DIRECTORY_ROOT));
	question.anchors = &none;
	cm_report_clear(&report);
	assert_int_equal(cm_trust_check_new(&state.list, &question, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_DIRECTORY_ROOT));
	first = cm_trust_signer(&states.list);
	question.anchors = &first;
	assert_int_equal(cm_trust_check_new(&states.list, &question, &report), CM_OK);
	assert_true(cm_trust_has_root(&two_roots.list, &(struct cm_hash){.b = {0}}) == false);
}

static void
who_was_valid_when(void **unused)
{
	(void)unused;
	static const struct {
		const char *at;
		enum cm_trust_state state;
	} history[] = {{"2027-01-09T23:59:59Z", CM_TRUST_UNKNOWN}, {"2027-01-10T00:00:00Z", CM_TRUST_VALID},
	        {"2027-02-01T00:00:00Z", CM_TRUST_FROZEN}, {"2027-02-02T00:00:00Z", CM_TRUST_VALID},
	        {"2047-02-02T00:00:00Z", CM_TRUST_VALID}};
	struct cm_view node = cm_view_text("xa.contact");
	struct cm_hash spki, next;
	memcpy(spki.b, state.list.authorities[0].keys[0].spki.p, 32);
	memcpy(next.b, state.list.authorities[0].next_spki.p, 32);
	for (size_t i = 0; i < sizeof history / sizeof *history; i++)
		assert_int_equal(cm_trust_key_at(&state.list, node, &spki, at(history[i].at)), history[i].state);
	assert_int_equal(cm_trust_key_at(&state.list, node, &next, at("2027-03-14T23:59:59Z")), CM_TRUST_UNKNOWN);
	assert_int_equal(cm_trust_key_at(&state.list, node, &next, at("2027-03-15T00:00:00Z")), CM_TRUST_VALID);
	assert_int_equal(cm_trust_key_at(&state.list, cm_view_text("xa.other"), &spki, at(history[1].at)), CM_TRUST_UNKNOWN);
	assert_int_equal(cm_trust_party_at(&states.list, cm_view_text("XB"), at("2027-02-19T00:00:00Z")), CM_TRUST_PARTY);
	assert_int_equal(cm_trust_party_at(&states.list, cm_view_text("XB"), at("2027-02-20T00:00:00Z")),
	                 CM_TRUST_PARTY_SUSPENDED);
	assert_int_equal(cm_trust_party_at(&states.list, cm_view_text("XC"), at("2027-02-20T00:00:00Z")),
	                 CM_TRUST_PARTY_UNKNOWN);
}

static void
a_list_is_fresh_for_three_days(void **unused)
{
	(void)unused;
	assert_true(cm_trust_fresh(&state.list, at("2027-03-04T00:00:00Z")));
	assert_false(cm_trust_fresh(&state.list, at("2027-03-04T00:00:01Z")));
}

static void
vouches(const struct cm_trust_vouch *vouch, const char *moment, const char *want)
{
	struct cm_trust_vouch question = *vouch;
	const char *why = "not set";
	question.now = at(moment);
	const struct cm_directory_authority *one = cm_trust_vouch(&question, &why);
	assert_string_equal(why, want);
	assert_true((one != NULL) == (*want == 0));
}

static void
a_list_vouches_for_whom_nobody_confirmed(void **unused)
{
	(void)unused;
	struct cm_hash spki, other = {.b = {1}};
	memcpy(spki.b, state.list.authorities[0].keys[0].spki.p, sizeof spki.b);
	struct cm_directory of_xb = state.list;
	of_xb.country = cm_view_text("XB");
	struct cm_trust_vouch shown = {.own = &state.list, .states = &states.list, .node = cm_view_text("xa.contact"), .spki = &spki};
	vouches(&shown, "2027-03-04T00:00:00Z", "");
	vouches(&shown, "2027-03-04T00:00:01Z", "stale");
	vouches(&shown, "2027-02-01T00:00:00Z", "frozen");
	vouches(&shown, "2027-01-12T00:00:00Z", "unlisted"); // its State is no party yet
	vouches(&(struct cm_trust_vouch){.own = &state.list, .node = shown.node, .spki = &spki}, "2027-01-12T00:00:00Z", "");
	vouches(&(struct cm_trust_vouch){.own = &state.list, .node = shown.node, .spki = &other}, "2027-03-02T00:00:00Z", "unknown");
	vouches(&(struct cm_trust_vouch){.own = &state.list, .node = cm_view_text("xa.other"), .spki = &spki}, "2027-03-02T00:00:00Z", "unlisted");
	vouches(&(struct cm_trust_vouch){.states = &states.list, .node = shown.node, .spki = &spki}, "2027-03-02T00:00:00Z", "unlisted");
	vouches(&(struct cm_trust_vouch){.own = &of_xb, .states = &states.list, .node = shown.node, .spki = &spki}, "2027-03-02T00:00:00Z", "suspended");
	// Without a key in sight: any that is good.
	vouches(&(struct cm_trust_vouch){.own = &state.list, .node = shown.node}, "2027-03-02T00:00:00Z", "");
	vouches(&(struct cm_trust_vouch){.own = &state.list, .node = shown.node}, "2027-01-09T00:00:00Z", "unknown");
}

// One key with this history, of xa.contact; its list is of 2027-06-01.
static void
key_of(const struct cm_directory_status *status, size_t count, struct cm_directory_key *key,
       struct cm_directory_authority *one, struct cm_directory *list)
{
	static const uint8_t spki[32] = {7};
	*key = (struct cm_directory_key){.spki = cm_view_of(spki, 32), .status = status, .status_count = count};
	*one = (struct cm_directory_authority){.node = cm_view_text("xa.contact"), .keys = key, .key_count = 1};
	*list = (struct cm_directory){
	        .country = cm_view_text("XA"), .authorities = one, .authority_count = 1, .issued = at("2027-06-01T00:00:00Z")};
}

// What a thief can write into a signature, and what he cannot.
static void
a_stolen_key_is_judged_by_what_others_saw(void **unused)
{
	(void)unused;
	static const char jan[] = "2027-01-20T00:00:00Z", mar[] = "2027-03-20T00:00:00Z", may[] = "2027-05-20T00:00:00Z";
	struct cm_view valid = cm_view_text("valid"), superseded = cm_view_text("superseded"), revoked = cm_view_text("revoked"),
	               frozen = cm_view_text("frozen"), thawed = cm_view_text("thawed");
	struct cm_instant ja = at("2027-01-10T00:00:00Z"), fe = at("2027-02-10T00:00:00Z"), ap = at("2027-04-10T00:00:00Z");
	const struct cm_directory_status good[] = {{valid, ja}}, old[] = {{valid, ja}, {superseded, fe}},
	                                 lost[] = {{valid, ja}, {revoked, ap}}, both[] = {{valid, ja}, {superseded, fe}, {revoked, ap}},
	                                 cold[] = {{valid, ja}, {frozen, fe}}, warm[] = {{valid, ja}, {frozen, fe}, {thawed, ap}},
	                                 gone[] = {{valid, ja}, {frozen, fe}, {revoked, ap}};
	const struct {
		const struct cm_directory_status *status;
		size_t count;
		const char *said, *seen;
		enum cm_error rule;
	} cases[] = {
	        {good, 1, jan, NULL, CM_ERROR_NONE},
	        {good, 1, "2026-12-01T00:00:00Z", NULL, CM_ERROR_NONE}, // the list begins later
	        {old, 2, jan, NULL, CM_ERROR_NONE},
	        {old, 2, jan, may, CM_ERROR_NONE}, // under way for long
	        {old, 2, mar, NULL, CM_ERROR_KEY_SUPERSEDED},
	        {old, 2, "2027-02-10T00:00:00Z", NULL, CM_ERROR_KEY_SUPERSEDED},
	        {lost, 2, jan, mar, CM_ERROR_NONE},
	        {lost, 2, jan, NULL, CM_ERROR_KEY_TIME_UNPROVEN}, // dated back, perhaps
	        {lost, 2, jan, may, CM_ERROR_KEY_REVOKED},
	        {lost, 2, may, NULL, CM_ERROR_KEY_REVOKED},
	        {lost, 2, may, mar, CM_ERROR_KEY_REVOKED},
	        {lost, 2, jan, "2027-04-09T23:59:59.999999Z", CM_ERROR_NONE},
	        {lost, 2, jan, "2027-04-10T00:00:00Z", CM_ERROR_KEY_REVOKED},
	        {both, 3, jan, mar, CM_ERROR_NONE},
	        {both, 3, mar, mar, CM_ERROR_KEY_SUPERSEDED},
	        {both, 3, jan, NULL, CM_ERROR_KEY_TIME_UNPROVEN},
	        {cold, 2, jan, NULL, CM_ERROR_KEY_TIME_UNPROVEN},
	        {cold, 2, jan, jan, CM_ERROR_NONE},
	        {cold, 2, jan, mar, CM_ERROR_KEY_FROZEN},
	        {warm, 3, jan, NULL, CM_ERROR_NONE},
	        {warm, 3, mar, NULL, CM_ERROR_KEY_FROZEN},
	        {warm, 3, may, NULL, CM_ERROR_NONE},
	        {gone, 3, jan, jan, CM_ERROR_NONE},
	        {gone, 3, jan, mar, CM_ERROR_KEY_FROZEN},
	        {gone, 3, jan, may, CM_ERROR_KEY_REVOKED},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cm_directory_key key;
		struct cm_directory_authority one;
		struct cm_directory list;
		struct cm_report report = {.count = 0};
		struct cm_trust_when when;
		key_of(cases[i].status, cases[i].count, &key, &one, &list);
		struct cm_trust_signed what = {.node = cm_view_text("xa.contact"), .spki = {{7}}, .said = at(cases[i].said)};
		if (cases[i].seen != NULL)
			what.seen = at(cases[i].seen);
		cm_result r = cm_trust_check_key(&list, &what, &report, &when);
		if (r != (cases[i].rule == CM_ERROR_NONE ? CM_OK : CM_REFUSED) ||
		    (r == CM_REFUSED && !cm_report_has(&report, cases[i].rule))) {
			kit_say("case", &report);
			fail_msg("case %zu: %s", i, cm_result_name(r));
		}
		what.spki.b[0] = 8;
		assert_int_equal(cm_trust_check_key(&list, &what, &report, &when), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_KEY_UNLISTED));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(a_list_follows_a_list_or_is_refused_by_name),
	        T(a_first_list_begins_at_a_known_root), T(who_was_valid_when), T(a_stolen_key_is_judged_by_what_others_saw), T(a_list_is_fresh_for_three_days),
	        T(a_list_vouches_for_whom_nobody_confirmed)};
	return cmocka_run_group_tests(tests, read_all, free_all);
}
