// What translators get, for words.py:
//   page_words             the texts of templates and tables as a .pot file
//   page_words RULE N      the forms of a plural rule for 0 to N, one a line
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/tab_content.h"
#include "domain/tab_event.h"
#include "domain/tab_kind.h"
#include "domain/tab_refusal.h"
#include "domain/tab_state.h"
#include "domain/tab_time_limit.h"
#include "ui/page.h"
#include "ui/tmpl.h"
#include "ui/web.h"
#include "ui/words.h"

static void
quoted(const char *keyword, struct cm_view text)
{
	printf("%s \"", keyword);
	for (size_t i = 0; i < text.n; i++)
		printf(text.p[i] == '"' || text.p[i] == '\\' ? "\\%c" : "%c", text.p[i]);
	printf("\"\n");
}

static void
entry(const char *where, struct cm_view one, struct cm_view many)
{
	if (one.n == 0)
		return;
	printf("\n#: %s\n", where);
	quoted("msgid", one);
	if (many.n > 0)
		quoted("msgid_plural", many);
	printf(many.n > 0 ? "msgstr[0] \"\"\nmsgstr[1] \"\"\n" : "msgstr \"\"\n");
}

static void
of_template(void *context, const struct cm_tmpl_message *message)
{
	char where[128];
	(void)context;
	snprintf(where, sizeof where, "web/%s.html:%u", message->name, message->line);
	entry(where, message->one, message->many);
}

static void
of_table(const char *where, const char *text)
{
	entry(where, cm_view_text(text), (struct cm_view){0});
}

static void
of_tables(void)
{
	for (size_t i = CM_PAGE_NONE + 1; i < CM_PAGE_END; i++)
		of_table("data/pages.tab", cm_page_row((enum cm_page)i)->title);
	for (size_t i = CM_KIND_NONE + 1; i < CM_KIND_END; i++)
		of_table("data/request_kinds.tab", cm_kind_row((enum cm_kind)i)->name);
	for (size_t i = CM_STATE_NONE + 1; i < CM_STATE_END; i++)
		of_table("data/request_states.tab", cm_state_row((enum cm_state)i)->title);
	for (size_t i = CM_EVENT_NONE + 1; i < CM_EVENT_END; i++) {
		of_table("data/events.tab", cm_event_row((enum cm_event)i)->title);
		of_table("data/events.tab", cm_event_row((enum cm_event)i)->meaning);
	}
	for (size_t i = CM_REFUSAL_NONE + 1; i < CM_REFUSAL_END; i++)
		of_table("data/refusal_grounds.tab", cm_refusal_row((enum cm_refusal)i)->meaning);
	for (size_t i = CM_CONTENT_NONE + 1; i < CM_CONTENT_END; i++)
		of_table("data/request_contents.tab", cm_content_row((enum cm_content)i)->name);
	for (size_t i = CM_TIME_LIMIT_NONE + 1; i < CM_TIME_LIMIT_END; i++)
		of_table("data/time_limits.tab", cm_time_limit_row((enum cm_time_limit)i)->what);
}

int
main(int argc, char **argv)
{
	struct cm_report report = {0};
	struct cm_tmpl_set *set = cm_tmpl_set_new();
	if (argc == 3) {
		for (uint64_t n = 0; n <= strtoull(argv[2], NULL, 10); n++)
			printf("%u\n", cm_words_plural(argv[1], n));
		return 0;
	}
	printf("msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Plural-Forms: nplurals=2; plural=n!=1;\\n\"\n");
	for (const struct cm_web_file *file = cm_web_templates; file->name != NULL; file++)
		if (cm_tmpl_set_put(set, file->name, file->bytes, &report) != CM_OK) {
			fprintf(stderr, "%s: %s\n", report.findings[0].place, report.findings[0].seen);
			return 1;
		}
	cm_tmpl_set_messages(set, of_template, NULL);
	of_tables();
	cm_tmpl_set_free(set);
	return 0;
}
