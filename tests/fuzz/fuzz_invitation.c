// The invitation code and the handshake messages: read whatever comes, write back what was read.
#include <stdlib.h>
#include <string.h>

#include "format/invitation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_view v = cm_view_of(data, size);
	struct cm_invitation invitation;
	struct cm_invitation_commit commit;
	struct cm_invitation_reveal reveal;
	char text[CM_INVITATION_TEXT];
	if (cm_invitation_read(v, NULL, &invitation) == CM_OK && !cm_view_is(v, cm_invitation_write(&invitation, text)))
		abort();
	if (cm_invitation_commit_read(v, NULL, &commit) == CM_OK && commit.card.n > size)
		abort();
	if (cm_invitation_reveal_read(v, NULL, &reveal) == CM_OK && size != 48)
		abort();
	return 0;
}
