// Knows: which columns each row has. Does not know: SQL, except the indexes that derived tables want. Serves rows.h.
#include "store/table.h"

#include <string.h>

#define ROW(noun, key_count) .name = #noun, .size = sizeof(struct cm_store_##noun), .keys = (key_count)
#define C(noun, kind, field) {#field, CM_TABLE_##kind, offsetof(struct cm_store_##noun, field)}

static const struct cm_table cm_table_artifact = {ROW(artifact, 1), .columns = {
        C(artifact, ID, id), C(artifact, HASH, sha256), C(artifact, NUMBER, direction), C(artifact, TEXT, peer),
        C(artifact, TEXT, media), C(artifact, TEXT, name), C(artifact, TIME, at), C(artifact, BYTES, bytes)}};

static const struct cm_table cm_table_peer = {ROW(peer, 1), .columns = {
        C(peer, TEXT, node), C(peer, TEXT, state), C(peer, TEXT, title), C(peer, TEXT, address),
        C(peer, BYTES, card), C(peer, BYTES, secret), C(peer, TIME, created), C(peer, TIME, changed),
        C(peer, TIME, expires), C(peer, NUMBER, tries)}};

static const struct cm_table cm_table_reply = {ROW(reply, 2), .columns = {
        C(reply, TEXT, sender), C(reply, TEXT, transaction), C(reply, HASH, digest), C(reply, TIME, at),
        C(reply, BYTES, context), C(reply, BYTES, answer)}};

static const struct cm_table cm_table_outbox = {ROW(outbox, 1), .columns = {
        C(outbox, ID, id), C(outbox, TEXT, peer), C(outbox, TEXT, transaction), C(outbox, TEXT, request),
        C(outbox, TEXT, topic), C(outbox, NUMBER, artifact), C(outbox, NUMBER, state), C(outbox, NUMBER, tries),
        C(outbox, TIME, created), C(outbox, TIME, due), C(outbox, NUMBER, answer), C(outbox, TEXT, trouble)}};

static const struct cm_table cm_table_blob = {ROW(blob, 1), .columns = {
        C(blob, HASH, sha256), C(blob, NUMBER, length), C(blob, TIME, at), C(blob, TEXT, origin)}};

static const struct cm_table cm_table_person = {ROW(person, 1), .columns = {
        C(person, TEXT, id), C(person, TEXT, name), C(person, TEXT, state), C(person, NUMBER, factors), C(person, TIME, at)}};

static const struct cm_table cm_table_folder = {ROW(folder, 1), .columns = {
        C(folder, TEXT, id), C(folder, TEXT, title), C(folder, TEXT, person), C(folder, TIME, created)}};

static const struct cm_table cm_table_directory = {ROW(directory, 1), .columns = {
        C(directory, TEXT, name), C(directory, NUMBER, version), C(directory, TIME, at), C(directory, BYTES, bytes)}};

static const struct cm_table cm_table_request = {ROW(request, 1), .columns = {
        C(request, TEXT, id), C(request, NUMBER, ours), C(request, TEXT, peer), C(request, TEXT, kind),
        C(request, TEXT, state), C(request, TEXT, reference), C(request, TEXT, their_reference),
        C(request, TEXT, case_id), C(request, TEXT, title), C(request, TEXT, relates), C(request, TEXT, parent), C(request, BYTES, objects),
        C(request, TEXT, person), C(request, TEXT, told), C(request, NUMBER, document), C(request, NUMBER, message),
        C(request, NUMBER, act), C(request, NUMBER, their_act), C(request, TIME, created), C(request, TIME, changed),
        C(request, TIME, due), C(request, TIME, wanted_until), C(request, TIME, until), C(request, NUMBER, held),
        C(request, NUMBER, urgent), C(request, TEXT, undertaking), C(request, TEXT, part), C(request, BYTES, roll)},
        .indexes = "CREATE INDEX request_changed ON request(changed, id);"
                   // What follows id is what a list looks at row by row (store_read.c).
                   "CREATE INDEX request_case ON request(case_id, changed, id, peer, state, ours) WHERE case_id <> '';"
                   "CREATE INDEX request_peer ON request(peer, changed, id, state, ours);"
                   "CREATE INDEX request_state ON request(state, changed, id, ours);"
                   "CREATE INDEX request_undertaking ON request(undertaking, id) WHERE undertaking <> '';"
                   "CREATE INDEX request_ours ON request(ours, changed, id);"
                   "CREATE INDEX request_reference ON request(reference) WHERE reference <> '';"
                   "CREATE INDEX request_their_reference ON request(their_reference) WHERE their_reference <> '';"
                   "CREATE INDEX request_relates ON request(relates, id) WHERE relates <> '';"
                   "CREATE INDEX request_parent ON request(parent, id) WHERE parent <> '';"};

static const struct cm_table cm_table_step = {ROW(step, 1), .columns = {
        C(step, ID, id), C(step, TEXT, request), C(step, TEXT, event), C(step, TEXT, from_state),
        C(step, TEXT, to_state), C(step, TEXT, person), C(step, TEXT, note), C(step, TIME, at), C(step, NUMBER, act)},
        .indexes = "CREATE INDEX step_request ON step(request, id);"};

static const struct cm_table cm_table_object = {ROW(object, 1), .columns = {
        C(object, TEXT, id), C(object, TEXT, peer), C(object, TEXT, type), C(object, TEXT, request),
        C(object, NUMBER, registrar), C(object, NUMBER, generation), C(object, TIME, changed),
        C(object, TEXT, status), C(object, HASH, digest), C(object, BYTES, contents)},
        .indexes = "CREATE INDEX object_changed ON object(peer, changed, id);"
                   "CREATE INDEX object_request ON object(request, changed, id);"};

static const struct cm_table cm_table_deadline = {ROW(deadline, 2), .columns = {
        C(deadline, TEXT, request), C(deadline, TEXT, limit), C(deadline, TEXT, peer), C(deadline, TIME, start),
        C(deadline, TIME, at), C(deadline, TIME, wake), C(deadline, NUMBER, stage), C(deadline, TEXT, state),
        C(deadline, TEXT, action), C(deadline, TEXT, source), C(deadline, TEXT, calendar), C(deadline, TIME, paused),
        C(deadline, TIME, theirs)},
        .indexes = "CREATE INDEX deadline_open ON deadline(at) WHERE state IN ('running', 'held');"
                   "CREATE INDEX deadline_wake ON deadline(wake) WHERE wake > 0;"};

static const struct cm_table cm_table_delivery = {ROW(delivery, 1), .columns = {
        C(delivery, TEXT, id), C(delivery, TEXT, request), C(delivery, TEXT, peer), C(delivery, NUMBER, ours),
        C(delivery, TEXT, delivery_id), C(delivery, NUMBER, sequence), C(delivery, NUMBER, last),
        C(delivery, TEXT, state), C(delivery, TEXT, url), C(delivery, HASH, blob), C(delivery, NUMBER, length),
        C(delivery, NUMBER, have), C(delivery, HASH, package), C(delivery, TEXT, title), C(delivery, TEXT, report),
        C(delivery, NUMBER, message), C(delivery, TEXT, anyway), C(delivery, TIME, created), C(delivery, TIME, changed),
        C(delivery, NUMBER, tries), C(delivery, NUMBER, strikes), C(delivery, TIME, due), C(delivery, TEXT, trouble)},
        .indexes = "CREATE INDEX delivery_created ON delivery(created, id);"
                   "CREATE INDEX delivery_request ON delivery(request, created, id);"
                   "CREATE INDEX delivery_due ON delivery(peer, due, id) WHERE state = 'available' AND ours = 0;"};

static const struct cm_table cm_table_approval = {ROW(approval, 3), .columns = {
        C(approval, TEXT, delivery), C(approval, TEXT, purpose), C(approval, TEXT, person), C(approval, TIME, at),
        C(approval, NUMBER, act)}};

static const struct cm_table cm_table_news = {ROW(news, 1), .columns = {
        C(news, ID, id), C(news, TIME, at), C(news, TEXT, topic), C(news, TEXT, ref), C(news, TEXT, text)}};

static const struct cm_table *const cm_table_all[CM_TABLE_END] = {
        [CM_TABLE_ARTIFACT] = &cm_table_artifact, [CM_TABLE_PEER] = &cm_table_peer,
        [CM_TABLE_REPLY] = &cm_table_reply,       [CM_TABLE_OUTBOX] = &cm_table_outbox,
        [CM_TABLE_BLOB] = &cm_table_blob,         [CM_TABLE_PERSON] = &cm_table_person,
        [CM_TABLE_REQUEST] = &cm_table_request,   [CM_TABLE_STEP] = &cm_table_step,
        [CM_TABLE_OBJECT] = &cm_table_object,     [CM_TABLE_DEADLINE] = &cm_table_deadline,
        [CM_TABLE_DELIVERY] = &cm_table_delivery, [CM_TABLE_APPROVAL] = &cm_table_approval,
        [CM_TABLE_NEWS] = &cm_table_news,         [CM_TABLE_FOLDER] = &cm_table_folder,
        [CM_TABLE_DIRECTORY] = &cm_table_directory,
};

const struct cm_table *
cm_table_of(enum cm_table_name name)
{
	return cm_table_all[name];
}

size_t
cm_table_bytes(const struct cm_table *table, const void *row)
{
	size_t bytes = table->size;
	for (const struct cm_table_column *c = table->columns; c->name != NULL; c++)
		if (c->type == CM_TABLE_TEXT || c->type == CM_TABLE_BYTES)
			bytes += ((const struct cm_view *)(const void *)((const uint8_t *)row + c->at))->n;
	return bytes;
}

void *
cm_table_copy(const struct cm_table *table, const void *row, struct cm_arena *arena)
{
	uint8_t *copy = cm_arena_new(arena, table->size);
	if (copy == NULL)
		return NULL;
	memcpy(copy, row, table->size);
	for (const struct cm_table_column *c = table->columns; c->name != NULL; c++) {
		if (c->type != CM_TABLE_TEXT && c->type != CM_TABLE_BYTES)
			continue;
		struct cm_view v;
		memcpy(&v, copy + c->at, sizeof v);
		v = cm_arena_copy(arena, v);
		memcpy(copy + c->at, &v, sizeof v);
	}
	return arena->failed ? NULL : copy;
}
