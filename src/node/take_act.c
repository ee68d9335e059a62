// Knows: what the register says of a message that was taken. Does not know: whether it may be taken. Serves data/acts.tab.
#include "node/take.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"

void
cm_take_act(const struct cm_take *take, const char *request, struct cm_act_values *values)
{
	const struct cm_hi1_message *m = &take->read.message;
	const char *type = "taken";
	memset(values, 0, sizeof *values);
	for (size_t i = 0; i < m->action_count; i++) {
		const struct cm_hi1_object *o = m->actions[i].object;
		if (o == NULL)
			continue;
		if (m->actions[i].verb == CM_HI1_VERB_DELIVER) {
			type = "delivery_taken";
			cm_act_set(values, CM_ACT_FIELD_OBJECT, o->id);
			break;
		}
		if (m->actions[i].verb == CM_HI1_VERB_UPDATE) {
			if (take->read.judged_count == 0)
				type = o->type == CM_HI1_TYPE_DELIVERY ? "acknowledged" : "updated";
			cm_act_set(values, CM_ACT_FIELD_OBJECT, o->id);
			break;
		}
	}
	cm_act_set(values, CM_ACT_FIELD_TYPE, cm_view_text(type));
	cm_act_set(values, CM_ACT_FIELD_PEER, cm_view_text(take->peer.identity.node));
	cm_act_set(values, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact"));
	if (*request != 0)
		cm_act_set(values, CM_ACT_FIELD_REQUEST, cm_view_text(request));
	if (m->workflow.n > 0 && strcmp(type, "acknowledged") != 0)
		cm_act_set(values, CM_ACT_FIELD_KIND, m->workflow);
	if (take->marked != NULL)
		cm_act_set(values, CM_ACT_FIELD_NOTE, cm_view_text(take->marked));
}

void
cm_take_act_blob(const struct cm_take *take, struct cm_take_blob *blob, struct cm_act_values *values)
{
	const struct cm_hi1_message *m = &take->read.message;
	for (size_t i = 0; i < m->action_count; i++) {
		const struct cm_hi1_object *o = m->actions[i].object;
		if (m->actions[i].verb != CM_HI1_VERB_DELIVER || o == NULL || o->delivery.by_url == NULL)
			continue;
		cm_hex_text(o->delivery.by_url->sha256, blob->sha256);
		snprintf(blob->length, sizeof blob->length, "%llu", (unsigned long long)o->delivery.by_url->length);
		cm_act_set(values, CM_ACT_FIELD_BLOB, cm_view_text(blob->sha256));
		cm_act_set(values, CM_ACT_FIELD_LENGTH, cm_view_text(blob->length));
		return;
	}
}
