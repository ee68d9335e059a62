// What comes back from a taken reader, and what the node reads that it wrote itself: the first byte chooses the reader, the
// rest is its payload. The bytes are also framed input of a channel, settings, and a sealed login.
#include <stdlib.h>
#include <unistd.h>

#include "base/instant.h"
#include "node/event.h"
#include "node/keeper_login.h"
#include "node/reader_message_ipc.h"
#include "node/reader_package.h"
#include "node/settings.h"
#include "os/clock.h"
#include "os/ipc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MOST 65536 // fits into a socket's buffer, so that writing never waits

static union {
	struct cm_reader_card card;
	struct cm_reader_package_job job;
	struct cm_reader_package_told told;
	struct cm_event_message message;
	struct cm_event_texts texts;
	struct cm_event_where where;
	struct cm_ipc_acts acts;
	struct cm_ipc_person person;
	struct cm_settings settings;
} got;

static void
must(bool holds)
{
	if (!holds)
		abort();
}

// A channel whose other side says these bytes and goes.
static void
channel(struct cm_view v)
{
	int fds[2];
	struct cm_ipc_frame frame;
	must(cm_ipc_pair(NULL, fds) == CM_OK && write(fds[0], v.p, v.n) == (ssize_t)v.n);
	struct cm_ipc ipc = cm_ipc_of(fds[1]);
	close(fds[0]);
	while (cm_ipc_recv(&ipc, cm_clock_after(CM_INSTANT_SECOND), NULL, &frame) == CM_OK)
		must(frame.payload.n <= v.n && frame.fd_count == 0);
	cm_ipc_fini(&ipc);
}

static void
login(struct cm_view v)
{
	// the identity of tests/vectors/seal
	static const char own[] = "AGE-SECRET-KEY-1KT9FNM29JUKXYUZ4AWQUGNHRQENX4ALKTL66ZVSXUF8TCFDYG4PSWWWY3L";
	struct cm_seal_identity identity;
	struct cm_keeper_login login;
	struct cm_keeper_enrolment enrolment;
	struct cm_report report = {0};
	struct cm_buf plain = cm_buf_of(8192);
	must(cm_seal_identity_read(cm_view_text(own), NULL, &identity) == CM_OK);
	must(cm_keeper_login_open(v, &identity, &plain, &report, &login) == CM_OK || report.count != 0);
	cm_buf_clear(&plain);
	must(cm_keeper_enrolment_open(v, &identity, &plain, &report, &enrolment) == CM_OK || report.count != 0);
	cm_buf_fini(&plain);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 2 || n > MOST)
		return 0;
	struct cm_view v = cm_view_of(data + 1, n - 1);
	switch (data[0] % 11) {
	case 0:
		return cm_reader_card_read(v, &got.card) ? 0 : 0;
	case 1:
		// A count that the reader let pass must fit its array.
		must(!cm_reader_package_job_read(v, &got.job) || got.job.chain_count <= CM_READER_PACKAGE_CERTIFICATES);
		return 0;
	case 2:
		must(!cm_reader_package_told_read(v, &got.told) || got.told.report.n < n);
		return 0;
	case 3:
		must(cm_event_message_read(v, &got.message) != CM_OK || got.message.document_count <= CM_READER_JUDGED);
		return 0;
	case 4:
		must(cm_event_texts_read(v, &got.texts) != CM_OK || got.texts.n <= CM_EVENT_TEXTS);
		return 0;
	case 5:
		must(cm_event_where_read(v, &got.where) != CM_OK || got.where.object.n < n);
		return 0;
	case 6:
		return cm_ipc_keeper_acts_read(v, &got.acts) ? 0 : 0;
	case 7:
		return cm_ipc_keeper_person_read(v, &got.person) ? 0 : 0;
	case 8:
		must(cm_settings_read(v, NULL, &got.settings) != CM_BUG);
		return 0;
	case 9:
		channel(v);
		return 0;
	default:
		login(v);
		return 0;
	}
}
