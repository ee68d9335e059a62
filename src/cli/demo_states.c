// Knows: steps 1 and 2 of the demo: two States make their nodes, and the nodes become peers. Does not know: requests.
#include "cli/demo_stage.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/clock.h"
#include "os/rand.h"

// -- step 1 --------------------------------------------------------------------------------------------------------

// A password of this demo alone, in a file as a person's password manager would give it.
static cm_result
cm_demo_states_password(struct cm_demo *demo, const struct cm_demo_person *person)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789-";
	char name[CM_DEMO_TEXT], text[26];
	uint8_t random[24];
	cm_result r = cm_rand_bytes(random, sizeof random, NULL);
	if (r != CM_OK)
		return cm_demo_bad(demo, "The machine gives no random bytes.");
	for (size_t i = 0; i < sizeof random; i++)
		text[i] = letters[random[i] % 32];
	text[24] = '\n';
	snprintf(name, sizeof name, "persons/%s.password", person->id);
	return cm_demo_write(demo, name, 0600, cm_view_of(text, 25));
}

cm_result
cm_demo_states_person(struct cm_demo *demo, const struct cm_demo_person *person)
{
	char password[CM_DEMO_TEXT], totp[CM_DEMO_TEXT];
	snprintf(password, sizeof password, "persons/%s.password", person->id);
	snprintf(totp, sizeof totp, "persons/%s.totp", person->id);
	cm_result r = cm_demo_states_password(demo, person);
	return r != CM_OK ? r
	                  : cm_demo_at(demo, person->node,
	                               CM_DEMO_WORDS_OF("person", "add", person->id, "--name", person->name, "--functions",
	                                                person->functions, "--password-file", password, "--totp-file", totp));
}

// While evidence is fetched for the first time the line is made slow, so that there is a middle to kill the node in.
static cm_result
cm_demo_states_slow(struct cm_demo *demo)
{
	char path[CM_FILE_PATH];
	struct cm_buf CM_CLEANUP(cm_buf_fini) conf = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_result r = cm_demo_path(demo, "xa.contact/comity.conf", path);
	if (r == CM_OK)
		r = cm_file_load(path, &conf, NULL);
	cm_buf_printf(&conf, "pull_rate_kib = %llu\n", (unsigned long long)demo->rate_kib);
	return r == CM_OK ? cm_demo_write(demo, "xa.contact/comity.conf", 0600, cm_buf_view(&conf)) : r;
}

static cm_result
cm_demo_states_serve(struct cm_demo *demo, struct cm_demo_node *node)
{
	char span[32];
	int64_t begun = cm_clock_mono();
	cm_result r = cm_demo_node_start(demo, node);
	if (r == CM_OK)
		cm_demo_good(demo, "%s works at https://%s, ready after %s", node->name, node->address,
		             cm_instant_span_text(cm_clock_mono() - begun, span));
	return r;
}

cm_result
cm_demo_states(struct cm_demo *demo)
{
	cm_demo_note(demo, "the prompt says who types and where; --home and --session are left out here, not in the log");
	cm_result r = cm_demo_at(demo, &demo->xa,
	                         CM_DEMO_WORDS_OF("init", "--node", "xa.contact", "--state", demo->xa.state, "--state-name",
	                                          "Arland", "--name", "Arland 24/7 Contact Point", "--role", "contact_point",
	                                          "--role", "central_authority", "--phone", "+99915550124"));
	if (r == CM_OK)
		r = cm_demo_at(demo, &demo->xb,
		               CM_DEMO_WORDS_OF("init", "--node", "xb.contact", "--state", demo->xb.state, "--state-name", "Borvia",
		                                "--name", "Borvia 24/7 Contact Point", "--role", "contact_point", "--role",
		                                "central_authority", "--phone", "+99925550124"));
	if (r == CM_OK)
		cm_demo_good(demo, "State roots in %s and %s; keys of each node in its keeper, certified by its State",
		             demo->xa.state, demo->xb.state);
	const struct cm_demo_person *const persons[] = {&demo->ilse, &demo->per, &demo->tomas, &demo->marta};
	for (size_t i = 0; r == CM_OK && i < 4; i++)
		r = cm_demo_states_person(demo, persons[i]);
	if (r == CM_OK)
		cm_demo_good(demo, "two persons at each node, each with a password and a second factor");
	if (r == CM_OK)
		r = cm_demo_states_slow(demo);
	if (r == CM_OK)
		r = cm_demo_states_serve(demo, &demo->xa);
	if (r == CM_OK)
		r = cm_demo_states_serve(demo, &demo->xb);
	if (r == CM_OK)
		r = cm_demo_login(demo, &demo->ilse, 0);
	if (r == CM_OK)
		r = cm_demo_login(demo, &demo->tomas, 0);
	if (r == CM_OK)
		cm_demo_good(demo, "%s and %s are logged in; the codes came from oathtool as their telephones",
		             demo->ilse.name, demo->tomas.name);
	return r;
}

// -- step 2 --------------------------------------------------------------------------------------------------------

static cm_result
cm_demo_peers_confirm(struct cm_demo *demo, const struct cm_demo_person *person, const char *peer)
{
	cm_result r = cm_demo_as(demo, person, CM_DEMO_WORDS_OF("peer", "confirm", peer));
	if (r != CM_OK)
		return r;
	char state[CM_DEMO_TEXT];
	cm_demo_text(demo, "state", state);
	return strcmp(state, "confirmed") == 0 ? CM_OK : cm_demo_bad(demo, "%s is %s instead of confirmed", peer, state);
}

cm_result
cm_demo_peers_of(struct cm_demo *demo, const struct cm_demo_person *inviting, const struct cm_demo_person *invited)
{
	char code[CM_DEMO_TEXT], theirs[CM_DEMO_TEXT], ours[CM_DEMO_TEXT];
	cm_result r = cm_demo_as(demo, inviting, CM_DEMO_WORDS_OF("peer", "invite"));
	if (r != CM_OK)
		return r;
	cm_demo_text(demo, "code", code);
	cm_demo_note(demo, "the code, good once, for a day and by a way others cannot read: %.28s…", code);
	r = cm_demo_as(demo, invited, CM_DEMO_WORDS_OF("peer", "accept", code));
	if (r != CM_OK)
		return r;
	cm_demo_text(demo, "words", theirs);
	r = cm_demo_at(demo, inviting->node, CM_DEMO_WORDS_OF("peer", "show", invited->node->name));
	if (r != CM_OK)
		return r;
	cm_demo_text(demo, "words", ours);
	if (*ours == 0 || strcmp(ours, theirs) != 0)
		return cm_demo_bad(demo, "The comparison words differ: \"%s\" and \"%s\"", ours, theirs);
	cm_demo_good(demo, "both sides show the same words: %s", ours);
	r = cm_demo_peers_confirm(demo, inviting, invited->node->name);
	if (r == CM_OK)
		r = cm_demo_peers_confirm(demo, invited, inviting->node->name);
	if (r == CM_OK)
		cm_demo_good(demo, "both officers compared them by telephone and confirmed; the nodes are peers");
	return r;
}

cm_result
cm_demo_peers(struct cm_demo *demo)
{
	return cm_demo_peers_of(demo, &demo->ilse, &demo->tomas);
}
