// Knows: what of a node gets old and how the State's root makes it new. Does not know: how peers learn of it (renewal.c), or TLS
// certificates, which the node renews by itself. But for a change of the signing key, keys stay: what was sealed to them opens.
#include "node/renew.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/trust.h"
#include "format/card.h"
#include "node/keeper.h"
#include "node/own_card.h"
#include "node/settings.h"
#include "os/clock.h"
#include "os/file.h"

// A keeper in the folder for one thing, with its public keys.
struct cm_renew_keeper {
	struct cm_keeper_process process;
	struct cm_keeper_public public;
};

static void
cm_renew_keeper_fini(struct cm_renew_keeper *keeper)
{
	cm_keeper_public_fini(&keeper->public);
	cm_keeper_stop(&keeper->process);
}

static cm_result
cm_renew_keeper_start(const char *home, struct cm_report *report, struct cm_renew_keeper *keeper)
{
	*keeper = (struct cm_renew_keeper){.public = {.bytes = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE)}};
	cm_result r = cm_keeper_start(home, -1, report, &keeper->process);
	return r == CM_OK ? cm_keeper_client_keys(&keeper->process.client, report, &keeper->public) : r;
}

// By the same root as before: another one would make the node a stranger to its peers.
static cm_result
cm_renew_same_root(const struct cm_ipc_keys *keys, const struct cm_state_root *root, const char *folder,
                   struct cm_report *report)
{
	if (keys->chain_count < 2 || !cm_view_equal(keys->chain[keys->chain_count - 1], cm_buf_view(&root->der)))
		return cm_report_refuse(report, CM_ERROR_STATE_OTHER, folder, "another root than the one that certified %s",
		                        keys->node);
	return CM_OK;
}

static cm_result
cm_renew_certificates(const struct cm_renew_spec *spec, const struct cm_card *old, const struct cm_state_root *root,
                      struct cm_report *report)
{
	struct cm_renew_keeper CM_CLEANUP(cm_renew_keeper_fini) keeper;
	struct cm_buf CM_CLEANUP(cm_buf_fini) organisation = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	cm_result r = cm_renew_keeper_start(spec->home, report, &keeper);
	cm_buf_view_add(&organisation, old->names[0].name);
	struct cm_keeper_recertify again = {.home = spec->home,
	        .organisation = cm_buf_cstr(&organisation),
	        .keys = &keeper.public.keys,
	        .days = spec->days};
	if (r == CM_OK)
		r = cm_renew_same_root(&keeper.public.keys, root, spec->state_folder, report);
	return r == CM_OK ? cm_keeper_recertify(&again, root, report) : r;
}

// Where peers reach the node by today's settings; a port that the system chose is the one of the last start.
static cm_result
cm_renew_endpoint(const char *home, const struct cm_settings *settings, struct cm_report *report, struct cm_buf *to)
{
	const char *url = cm_settings_text(settings, CM_SETTING_PUBLIC_URL), *listen = cm_settings_text(settings, CM_SETTING_PEER_LISTEN);
	char path[CM_FILE_PATH];
	cm_result r = cm_file_path(path, sizeof path, home, CM_SETTINGS_LAST_ADDRESS, report);
	cm_buf_text(to, *url == 0 ? "https://" : url);
	if (*url == 0 && !cm_settings_any_port(listen))
		cm_buf_text(to, listen);
	else if (r == CM_OK && *url == 0)
		r = cm_file_load(path, to, report);
	return r == CM_OK ? cm_buf_result(to) : r;
}

// The old card with the new certificates, the next serial, and the address of today's settings.
static cm_result
cm_renew_card(const struct cm_renew_spec *spec, struct cm_card *card, const struct cm_state_root *root,
              struct cm_report *report)
{
	struct cm_renew_keeper CM_CLEANUP(cm_renew_keeper_fini) keeper;
	CM_AUTO struct cm_settings *settings = cm_mem_new(sizeof *settings);
	struct cm_buf CM_CLEANUP(cm_buf_fini) endpoint = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_instant now = cm_instant_of_seconds(cm_instant_seconds(cm_clock_utc()));
	cm_result r = cm_renew_keeper_start(spec->home, report, &keeper);
	if (r == CM_OK)
		r = settings == NULL ? CM_NOMEM : cm_settings_load(spec->home, report, settings);
	if (r == CM_OK)
		r = cm_renew_endpoint(spec->home, settings, report, &endpoint);
	if (r != CM_OK)
		return r;
	card->endpoint = cm_buf_view(&endpoint);
	card->serial++;
	card->valid_from = now;
	card->valid_until.us = now.us + ((spec->days == 0 ? CM_LIMIT_AUTHORITY_DAYS_VALUE : spec->days) - 1) * CM_INSTANT_DAY;
	card->sign_certificate = keeper.public.keys.chain[0];
	card->seal_certificate = keeper.public.keys.seal_certificate;
	return cm_own_card_write(spec->home, card, root, &keeper.process.client, report);
}

// The card of the folder and the root that makes it new.
struct cm_renew {
	struct cm_buf text;
	struct cm_card card; // views into `text`
	struct cm_state_root root;
};

static void
cm_renew_fini(struct cm_renew *renew)
{
	cm_card_fini(&renew->card);
	cm_buf_fini(&renew->text);
	cm_state_root_fini(&renew->root);
}

static cm_result
cm_renew_begin(const struct cm_renew_spec *spec, struct cm_report *report, struct cm_renew *renew)
{
	char path[CM_FILE_PATH];
	*renew = (struct cm_renew){.text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE)};
	cm_result r = cm_file_path(path, sizeof path, spec->home, "card.json", report);
	if (r == CM_OK)
		r = cm_file_load(path, &renew->text, report);
	if (r == CM_OK)
		r = cm_card_read(cm_buf_view(&renew->text), report, &renew->card);
	return r == CM_OK ? cm_state_root_open(spec->state_folder, cm_view_of(NULL, 0), report, &renew->root) : r;
}

cm_result
cm_renew_node(const struct cm_renew_spec *spec, struct cm_report *report, struct cm_instant *ret_until)
{
	struct cm_renew CM_CLEANUP(cm_renew_fini) renew;
	cm_result r = cm_renew_begin(spec, report, &renew);
	if (r == CM_OK)
		r = cm_renew_certificates(spec, &renew.card, &renew.root, report);
	if (r == CM_OK)
		r = cm_renew_card(spec, &renew.card, &renew.root, report);
	if (r == CM_OK)
		*ret_until = renew.card.valid_until;
	return r;
}

// The State's list says that the key is good now, whatever else it says.
static cm_result
cm_renew_announced(const struct cm_renew_spec *spec, const struct cm_renew *renew, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(CM_LIMIT_DIRECTORY_BYTES_VALUE);
	struct cm_directory CM_CLEANUP(cm_directory_fini) list = {.version = 0};
	struct cm_keeper_next next;
	struct cm_hash root = cm_hash_of(cm_buf_view(&renew->root.der));
	cm_result r = cm_file_load(spec->list, &bytes, report);
	if (r == CM_OK)
		r = cm_directory_read(cm_buf_view(&bytes), report, &list);
	if (r == CM_OK)
		r = cm_trust_check_signed(&list, report);
	if (r == CM_OK && !cm_trust_has_root(&list, &root))
		r = cm_report_refuse(report, CM_ERROR_DIRECTORY_ROOT, spec->list, "not of %s", spec->state_folder);
	if (r == CM_OK)
		r = cm_keeper_next_ready(spec->home, report, &next);
	if (r == CM_OK && cm_trust_key_at(&list, renew->card.node, &next.spki, cm_clock_utc()) != CM_TRUST_VALID)
		r = cm_report_refuse(report, CM_ERROR_KEY_NOT_ANNOUNCED, spec->list, "version %llu",
		                     (unsigned long long)list.version);
	return r;
}

cm_result
cm_renew_key(const struct cm_renew_spec *spec, struct cm_report *report, struct cm_instant *ret_until)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) organisation = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) node = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_renew CM_CLEANUP(cm_renew_fini) renew;
	cm_result r = cm_renew_begin(spec, report, &renew);
	if (r == CM_OK && spec->list != NULL)
		r = cm_renew_announced(spec, &renew, report);
	if (r != CM_OK)
		return r;
	cm_buf_view_add(&organisation, renew.card.names[0].name);
	cm_buf_view_add(&node, renew.card.node);
	struct cm_keeper_recertify take = {
	        .home = spec->home, .organisation = cm_buf_cstr(&organisation), .days = spec->days};
	r = cm_keeper_next_take(&take, cm_buf_cstr(&node), &renew.root, report);
	if (r == CM_OK)
		r = cm_renew_card(spec, &renew.card, &renew.root, report);
	if (r == CM_OK)
		*ret_until = renew.card.valid_until;
	return r;
}
