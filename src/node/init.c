// Knows: what a node's folder holds when it is new, and in which order it is made. Does not know: how keys are made
// (keeper.h, state_root.h) or how a card is signed (own_card.h).
#include "node/init.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/authority.h"
#include "domain/identity.h"
#include "format/card.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/rand.h"
#include "net/server.h"
#include "node/keeper.h"
#include "node/node_name.h"
#include "node/own_card.h"
#include "node/settings.h"

static const char *const cm_init_folders[] = {"", "tls", "db", "blobs", "blobs/in", "log", "peers", "run", "spool"};

static cm_result
cm_init_make_folders(const char *home, struct cm_report *report)
{
	cm_result r = cm_dir_make_all(home, 0700, report);
	for (size_t i = 1; r == CM_OK && i < sizeof cm_init_folders / sizeof *cm_init_folders; i++) {
		char path[CM_FILE_PATH];
		r = cm_file_path(path, sizeof path, home, cm_init_folders[i], report);
		if (r == CM_OK)
			r = cm_dir_make(path, 0700, report);
	}
	return r;
}

static cm_result
cm_init_state(const struct cm_init_spec *spec, const struct cm_node_name *name, struct cm_report *report,
              struct cm_state_root *ret_root)
{
	char path[CM_FILE_PATH];
	cm_result r = cm_file_path(path, sizeof path, spec->state_folder, "root.pem", report);
	if (r == CM_OK && !cm_file_exists(path))
		r = cm_state_root_create(&(struct cm_state_root_spec){.folder = spec->state_folder,
		                                 .country = name->country_upper,
		                                 .organisation = spec->state_name},
		                         report);
	if (r == CM_OK)
		r = cm_state_root_open(spec->state_folder, cm_view_of(NULL, 0), report, ret_root);
	if (r == CM_OK && strcmp(ret_root->country, name->country_upper) != 0)
		r = cm_report_refuse(report, CM_ERROR_STATE_OTHER, spec->state_folder, "%s, but the node is of %s",
		                     ret_root->country, name->country_upper);
	return r;
}

static size_t
cm_init_words(const char *const *words, struct cm_view *to)
{
	size_t n = 0;
	for (; n < CM_INIT_WORDS && words[n] != NULL; n++)
		to[n] = cm_view_text(words[n]);
	return n;
}

// The card has an address that can be reached: a port that the system chooses is chosen now, and the node tries it first.
static cm_result
cm_init_address(const struct cm_init_spec *spec, char *to, size_t room, struct cm_report *report)
{
	char address[CM_LIMIT_NET_ADDRESS_TEXT_VALUE], path[CM_FILE_PATH];
	cm_result r = CM_OK;
	bool any = cm_settings_any_port(spec->listen);
	if (any)
		r = cm_server_choose(spec->listen, report, address);
	if (r == CM_OK && any)
		r = cm_file_path(path, sizeof path, spec->home, CM_SETTINGS_LAST_ADDRESS, report);
	if (r == CM_OK && any)
		r = cm_file_replace(path, 0600, cm_view_text(address), report);
	if (r == CM_OK)
		snprintf(to, room, "https://%s", any ? address : spec->listen);
	return r;
}

static cm_result
cm_init_card(const struct cm_init_spec *spec, const struct cm_node_name *name, const struct cm_state_root *root,
             struct cm_keeper_process *keeper, const struct cm_keeper_public *public, struct cm_report *report)
{
	const struct cm_ipc_keys *keys = &public->keys;
	struct cm_instant now = cm_instant_of_seconds(cm_instant_seconds(cm_clock_utc()));
	struct cm_view roles[CM_INIT_WORDS], languages[CM_INIT_WORDS] = {cm_view_text("en")};
	char origin[CM_NOTE_NAME], witness[CM_NOTE_NAME], recipient[CM_SEAL_TEXT], endpoint[CM_FILE_PATH];
	struct cm_buf CM_CLEANUP(cm_buf_fini) log_vkey = cm_buf_of(CM_NOTE_NAME * 2);
	struct cm_buf CM_CLEANUP(cm_buf_fini) witness_vkey = cm_buf_of(CM_NOTE_NAME * 2);
	struct cm_note_key log_key, witness_key;
	snprintf(endpoint, sizeof endpoint, "%s", spec->public_url == NULL ? "" : spec->public_url);
	snprintf(origin, sizeof origin, "%s/log/%04d", spec->node, cm_instant_civil(now).year);
	snprintf(witness, sizeof witness, "%s/witness", spec->node);
	cm_result r = spec->public_url == NULL ? cm_init_address(spec, endpoint, sizeof endpoint, report) : CM_OK;
	if (r == CM_OK)
		r = cm_note_key_make(cm_view_text(origin), CM_NOTE_ED25519, keys->log, report, &log_key);
	if (r == CM_OK)
		r = cm_note_key_make(cm_view_text(witness), CM_NOTE_COSIGNATURE, keys->witness, report, &witness_key);
	if (r != CM_OK)
		return r;
	cm_note_key_write(&log_key, &log_vkey);
	cm_note_key_write(&witness_key, &witness_vkey);
	cm_seal_recipient_write(&keys->recipient, recipient);
	size_t language_count = cm_init_words(spec->languages, languages);
	struct cm_hash state = cm_hash_of(cm_buf_view(&root->der));
	struct cm_card_name names[1] = {{languages[0], cm_view_text(spec->name)}};
	struct cm_card card = {
	        .serial = 1,
	        .node = cm_view_text(spec->node),
	        .country = cm_view_text(name->country_upper),
	        .names = names,
	        .name_count = 1,
	        .kind = cm_view_text(strstr(spec->roles[0], "provider") != NULL ? "provider" : "authority"),
	        .roles = roles,
	        .role_count = cm_init_words(spec->roles, roles),
	        .languages = languages,
	        .language_count = language_count == 0 ? 1 : language_count,
	        .hours = cm_view_text(spec->hours == NULL ? "24/7" : spec->hours),
	        .time_zone = cm_view_text("UTC+00:00"),
	        .phone = cm_view_text(spec->phone),
	        .endpoint = cm_view_text(endpoint),
	        .exercise = cm_clock_exercise_file() == NULL ? 0 : 2,
	        .valid_from = now,
	        .valid_until = {.us = now.us + (CM_LIMIT_AUTHORITY_DAYS_VALUE - 1) * CM_INSTANT_DAY},
	        .sign_certificate = keys->chain[0],
	        .state_certificate = cm_buf_view(&root->der),
	        .state_sha256 = cm_hash_view(&state),
	        .seal_recipient = cm_view_text(recipient),
	        .seal_certificate = keys->seal_certificate,
	        .log_origin = cm_view_text(origin),
	        .log_vkey = cm_buf_view(&log_vkey),
	        .witness_vkey = cm_buf_view(&witness_vkey),
	};
	r = cm_own_card_write(spec->home, &card, root, &keeper->client, report);
	char path[CM_FILE_PATH];
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, spec->home, "log/register.vkey", report);
	cm_buf_u8(&log_vkey, '\n');
	return r == CM_OK ? cm_file_replace(path, 0644, cm_buf_view(&log_vkey), report) : r;
}

// The settings last: a folder with comity.conf is a whole node.
static cm_result
cm_init_settings(const struct cm_init_spec *spec, const char *path, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_SETTINGS_BYTES_VALUE);
	cm_buf_printf(&text, "# Settings of %s; \"comity catalogue settings\" explains every key.\n", spec->node);
	cm_buf_printf(&text, "node = %s\npeer_listen = %s\n", spec->node, spec->listen);
	if (spec->public_url != NULL)
		cm_buf_printf(&text, "public_url = %s\n", spec->public_url);
	return cm_file_replace(path, 0600, cm_buf_view(&text), report);
}

// What needs the keeper's process.
static cm_result
cm_init_with_keeper(const struct cm_init_spec *spec, const struct cm_node_name *name, const struct cm_state_root *root,
                    struct cm_report *report)
{
	struct cm_keeper_process keeper = {0};
	struct cm_keeper_public public = {.bytes = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE)};
	cm_result r = cm_keeper_start(spec->home, -1, report, &keeper);
	if (r == CM_OK)
		r = cm_keeper_client_keys(&keeper.client, report, &public);
	if (r == CM_OK)
		r = cm_init_card(spec, name, root, &keeper, &public, report);
	cm_keeper_public_fini(&public);
	cm_keeper_stop(&keeper);
	return r;
}

cm_result
cm_init_node(const struct cm_init_spec *spec, struct cm_report *report)
{
	char settings[CM_FILE_PATH];
	struct cm_node_name name;
	struct cm_state_root CM_CLEANUP(cm_state_root_fini) root = {.key = NULL, .der = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE)};
	cm_authority_roles roles;
	cm_result r = cm_node_name_read(cm_view_text(spec->node), report, &name);
	for (size_t i = 0; r == CM_OK && i < CM_INIT_WORDS && spec->roles[i] != NULL; i++)
		r = cm_authority_read(cm_view_text(spec->roles[i]), report, &roles);
	if (r == CM_OK)
		r = cm_file_path(settings, sizeof settings, spec->home, "comity.conf", report);
	if (r == CM_OK && cm_file_exists(settings))
		r = cm_report_refuse(report, CM_ERROR_NODE_EXISTS, spec->home, "%s", spec->node);
	if (r == CM_OK)
		r = cm_init_state(spec, &name, report, &root);
	if (r == CM_OK)
		r = cm_init_make_folders(spec->home, report);
	struct cm_keeper_spec keeper = {
	        .home = spec->home, .node = spec->node, .organisation = spec->name};
	if (r == CM_OK)
		r = cm_keeper_create(&keeper, &root, report);
	if (r == CM_OK)
		r = cm_init_with_keeper(spec, &name, &root, report);
	return r == CM_OK ? cm_init_settings(spec, settings, report) : r;
}
