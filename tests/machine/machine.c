// Knows: the tables of states, moves and families, and how they are written down for others: as C arrays for the model checker
// (two_nodes.pml) and as pictures for people. Does not know: how a request moves in the model.
//   machine rows DIR [CHANGE …]   writes DIR/rows.h, rows.c, states.h. A CHANGE makes the tables worse, for testing the test:
//                                 -MOVE takes a row out, +FROM:TO:WHO adds one, ~MOVE keeps a row from the side that asks
//   machine picture FAMILY        the states and moves of one family, in the language of graphviz
//   machine chapter               all families as one page of diagrams in Markdown
#include <stdio.h>
#include <string.h>

#include "domain/kind.h"
#include "domain/move.h"
#include "domain/tab_family.h"

#define FAR 255

struct machine {
	unsigned char may[CM_FAMILY_END][CM_STATE_END][CM_STATE_END]; // bits BY_…
	unsigned char rank[CM_FAMILY_END][CM_STATE_END];              // moves to the end, FAR without a way
	bool follows[CM_FAMILY_END][CM_STATE_END][CM_STATE_END], leads[CM_FAMILY_END][CM_STATE_END][CM_STATE_END];
};

enum { BY_REGISTRAR = 1, BY_ASKING = 2, BY_EITHER = 4 };

static struct machine machine;

static int
by(enum cm_actor who)
{
	switch (who) {
	case CM_ACTOR_REQUESTED:
	case CM_ACTOR_REQUESTED_NODE:
	case CM_ACTOR_CLOCK:
		return BY_REGISTRAR;
	case CM_ACTOR_REQUESTING:
	case CM_ACTOR_REQUESTING_NODE:
		return BY_ASKING;
	case CM_ACTOR_EITHER:
		return BY_EITHER | BY_REGISTRAR;
	case CM_ACTOR_NONE:
	case CM_ACTOR_END:
		break;
	}
	return 0;
}

static bool
holds(const struct cm_move_row *row, enum cm_family family)
{
	return cm_kind_listed(row->families, "all") || cm_kind_listed(row->families, cm_family_row(family)->name);
}

// What the node that asks learns from answers, and what it does with a request that came back, are steps of the model.
static bool
modelled(const struct cm_move_row *row)
{
	return row->event != CM_EVENT_BOUNCE && row->event != CM_EVENT_DELIVER && row->event != CM_EVENT_ACKNOWLEDGE;
}

// A kind of the family, for the functions of domain/move, which take kinds.
static enum cm_kind
kind_of(enum cm_family family)
{
	for (enum cm_kind kind = CM_KIND_NONE + 1; kind < CM_KIND_END; kind++)
		if (cm_kind_row(kind)->family == family)
			return kind;
	return CM_KIND_NONE;
}

static bool
struck(int changes, char **change, char sign, const char *name)
{
	for (int i = 0; i < changes; i++)
		if (change[i][0] == sign && strcmp(change[i] + 1, name) == 0)
			return true;
	return false;
}

static void
load(int changes, char **change)
{
	for (enum cm_family f = CM_FAMILY_NONE + 1; f < CM_FAMILY_END; f++) {
		for (enum cm_move m = CM_MOVE_NONE + 1; m < CM_MOVE_END; m++) {
			const struct cm_move_row *row = cm_move_row(m);
			if (holds(row, f) && modelled(row) && !struck(changes, change, '-', row->id))
				machine.may[f][row->from][row->to] |= (unsigned char)by(row->who);
		}
		for (enum cm_state a = CM_STATE_NONE + 1; a < CM_STATE_END; a++)
			for (enum cm_state b = CM_STATE_NONE + 1; b < CM_STATE_END; b++) {
				machine.follows[f][a][b] = cm_move_follows(kind_of(f), a, b);
				machine.leads[f][a][b] = cm_move_leads(kind_of(f), a, b, CM_ACTOR_REQUESTING);
			}
	}
	for (enum cm_move m = CM_MOVE_NONE + 1; m < CM_MOVE_END; m++)
		for (enum cm_family f = CM_FAMILY_NONE + 1; f < CM_FAMILY_END; f++)
			if (struck(changes, change, '~', cm_move_row(m)->id))
				machine.follows[f][cm_move_row(m)->from][cm_move_row(m)->to] = false;
}

static bool
add(const char *text)
{
	char from[64], to[64], who[64];
	if (sscanf(text, "+%63[^:]:%63[^:]:%63s", from, to, who) != 3)
		return false;
	enum cm_state a = cm_state_find(from, strlen(from)), b = cm_state_find(to, strlen(to));
	enum cm_actor actor = cm_actor_find(who, strlen(who));
	for (enum cm_family f = CM_FAMILY_NONE + 1; f < CM_FAMILY_END; f++) {
		machine.may[f][a][b] |= (unsigned char)by(actor);
		machine.follows[f][a][b] |= (by(actor) & BY_REGISTRAR) != 0;
		machine.leads[f][a][b] |= (by(actor) & (BY_ASKING | BY_EITHER)) != 0;
	}
	return a != CM_STATE_NONE && b != CM_STATE_NONE && actor != CM_ACTOR_NONE;
}

static void
rank(enum cm_family f)
{
	memset(machine.rank[f], FAR, sizeof machine.rank[f]);
	machine.rank[f][CM_STATE_CLOSED] = 1;
	machine.rank[f][CM_STATE_RETENTION_END] = 0;
	for (bool grew = true; grew;) {
		grew = false;
		for (enum cm_state a = CM_STATE_NONE + 1; a < CM_STATE_END; a++)
			for (enum cm_state b = CM_STATE_NONE + 1; b < CM_STATE_END; b++)
				if (machine.may[f][a][b] != 0 && machine.rank[f][b] != FAR && machine.rank[f][b] + 1 < machine.rank[f][a]) {
					machine.rank[f][a] = (unsigned char)(machine.rank[f][b] + 1);
					grew = true;
				}
	}
}

static void
put_cube(FILE *out, const char *name, const void *cells)
{
	const unsigned char *cell = cells;
	fprintf(out, "const unsigned char %s[%d][%d][%d] = {\n", name, CM_FAMILY_END, CM_STATE_END, CM_STATE_END);
	for (int f = 0; f < CM_FAMILY_END; f++) {
		fprintf(out, "\t{\n");
		for (int a = 0; a < CM_STATE_END; a++) {
			fprintf(out, "\t\t{");
			for (int b = 0; b < CM_STATE_END; b++)
				fprintf(out, "%d,", *cell++);
			fprintf(out, "},\n");
		}
		fprintf(out, "\t},\n");
	}
	fprintf(out, "};\n");
}

static void
put_states(FILE *out)
{
	fprintf(out, "// Written by machine.\n#define FAMILIES %d\n#define DRAFT %d\n#define SENT %d\n#define ACKNOWLEDGED %d\n",
	        CM_FAMILY_END - 1, CM_STATE_DRAFT, CM_STATE_SENT, CM_STATE_ACKNOWLEDGED);
	fprintf(out, "#define CHECKED %d\n#define SIGNED %d\n#define CLOSED %d\n#define RETENTION_END %d\n", CM_STATE_CHECKED,
	        CM_STATE_SIGNED, CM_STATE_CLOSED, CM_STATE_RETENTION_END);
	fprintf(out, "#define BY_REGISTRAR %d\n#define BY_ASKING %d\n#define BY_EITHER %d\n#define EACH_STATE(go)", BY_REGISTRAR,
	        BY_ASKING, BY_EITHER);
	for (int s = 1; s < CM_STATE_END; s++)
		fprintf(out, " go(%d)", s);
	fputc('\n', out);
}

static void
put_rows(FILE *out)
{
	fprintf(out, "// Written by machine.\n#include \"rows.h\"\n");
	put_cube(out, "MAY", machine.may);
	put_cube(out, "FOLLOWS", machine.follows);
	put_cube(out, "LEADS", machine.leads);
	fprintf(out, "const unsigned char RANK[%d][%d] = {\n", CM_FAMILY_END, CM_STATE_END);
	for (int f = 0; f < CM_FAMILY_END; f++) {
		fprintf(out, "\t{");
		for (int s = 0; s < CM_STATE_END; s++)
			fprintf(out, "%d,", machine.rank[f][s]);
		fprintf(out, "},\n");
	}
	fprintf(out, "};\nconst unsigned char PASSING[] = {");
	for (int s = 0; s < CM_STATE_END; s++)
		fprintf(out, "%d,", cm_state_row((enum cm_state)s)->passing);
	fprintf(out, "};\nconst unsigned char TOLD[] = {");
	for (int s = 0; s < CM_STATE_END; s++)
		fprintf(out, "%d,", cm_state_row((enum cm_state)s)->told);
	fprintf(out, "};\n");
}

static void
put_rows_header(FILE *out)
{
	fprintf(out, "// Written by machine.\n");
	for (size_t i = 0; i < 3; i++)
		fprintf(out, "extern const unsigned char %s[%d][%d][%d];\n", (const char *[]){"MAY", "FOLLOWS", "LEADS"}[i],
		        CM_FAMILY_END, CM_STATE_END, CM_STATE_END);
	fprintf(out, "extern const unsigned char RANK[%d][%d], PASSING[], TOLD[];\n", CM_FAMILY_END, CM_STATE_END);
}

// Writes one of the files.
static int
write_file(const char *folder, const char *name, void (*put)(FILE *out))
{
	char path[1024];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *out = fopen(path, "w");
	if (out == NULL)
		return 1;
	put(out);
	return fclose(out) != 0;
}

static int
write_rows(const char *folder, int changes, char **change)
{
	load(changes, change);
	for (int i = 0; i < changes; i++)
		if (change[i][0] == '+' && !add(change[i]))
			return 2;
	for (enum cm_family f = CM_FAMILY_NONE + 1; f < CM_FAMILY_END; f++)
		rank(f);
	return write_file(folder, "rows.h", put_rows_header) || write_file(folder, "rows.c", put_rows) ||
	       write_file(folder, "states.h", put_states);
}

// -- pictures --------------------------------------------------------------------------------------------------------

// From so many states on, a move is drawn once, and the states are listed.
#define MANY 4

enum form { DOT, MERMAID, LIST };

static size_t
sources(enum cm_family f, const struct cm_move_row *like, FILE *out)
{
	size_t n = 0;
	for (enum cm_move m = CM_MOVE_NONE + 1; m < CM_MOVE_END; m++) {
		const struct cm_move_row *row = cm_move_row(m);
		if (row->event != like->event || row->to != like->to || !holds(row, f))
			continue;
		if (out != NULL)
			fprintf(out, "%s%s", n == 0 ? "" : ", ", cm_state_row(row->from)->title);
		n++;
	}
	return n;
}

static bool
is_first(enum cm_family f, enum cm_move move)
{
	const struct cm_move_row *like = cm_move_row(move);
	for (enum cm_move m = CM_MOVE_NONE + 1; m < move; m++)
		if (cm_move_row(m)->event == like->event && cm_move_row(m)->to == like->to && holds(cm_move_row(m), f))
			return false;
	return true;
}

static void
put_move(enum form form, enum cm_family f, enum cm_move move)
{
	const struct cm_move_row *row = cm_move_row(move);
	bool many = sources(f, row, NULL) >= MANY;
	const char *from = many ? "several" : cm_state_row(row->from)->name, *to = cm_state_row(row->to)->name;
	if (!holds(row, f) || (many && !is_first(f, move)) || (form == LIST && !many))
		return;
	if (form == DOT)
		printf("\t%s -> %s [label=\"%s\"%s];\n", from, to, cm_event_row(row->event)->title,
		       by(row->who) == BY_ASKING ? ", style=dashed" : "");
	else if (form == MERMAID)
		printf("    %s --> %s: %s\n", from, to, cm_event_row(row->event)->title);
	else {
		printf("* **%s** (%s) to \"%s\", from: ", cm_event_row(row->event)->title, cm_actor_row(row->who)->title,
		       cm_state_row(row->to)->title);
		sources(f, row, stdout);
		printf(".\n");
	}
}

static bool
is_used(enum cm_family f, enum cm_state state)
{
	for (enum cm_move m = CM_MOVE_NONE + 1; m < CM_MOVE_END; m++)
		if (holds(cm_move_row(m), f) && cm_move_row(m)->to == state)
			return true;
	return false;
}

static void
put_state(enum form form, const struct cm_state_row *row)
{
	if (form == DOT)
		printf("\t%s [label=\"%s\"%s];\n", row->name, row->title, row->passing ? ", style=dashed" : "");
	else
		printf("    state \"%s\" as %s\n", row->title, row->name);
}

static void
put_picture(enum form form, enum cm_family f)
{
	printf("%s", form == DOT ? "digraph machine {\n\trankdir=LR;\n\tnode [shape=box, style=rounded, fontname=sans];\n"
	                           "\tedge [fontname=sans, fontsize=10];\n\tseveral [label=\"several states\", style=dotted];\n"
	                         : "```mermaid\nstateDiagram-v2\n    state \"several states\" as several\n    [*] --> draft\n");
	for (enum cm_state s = CM_STATE_NONE + 1; s < CM_STATE_END; s++)
		if (is_used(f, s))
			put_state(form, cm_state_row(s));
	for (enum cm_move m = CM_MOVE_NONE + 1; m < CM_MOVE_END; m++)
		put_move(form, f, m);
	printf(form == DOT ? "}\n" : "    retention_end --> [*]\n```\n");
}

static void
put_chapter(void)
{
	printf("# How requests move\n\nWritten from `data/request_moves.tab`, `request_states.tab` and `families.tab` by "
	       "`tools/check.sh build --update`; the house check keeps it current. One picture for each family of kinds. A move that "
	       "is possible in %d states or more starts at \"several states\"; the list below the picture names them. A state that "
	       "is only said (%s, %s) leaves the request where it was. `tests/machine` proves the rows with spin.\n",
	       MANY, cm_state_row(CM_STATE_WARN_PREJUDICE)->title, cm_state_row(CM_STATE_THIRD_STATE_PROVIDER)->title);
	for (enum cm_family f = CM_FAMILY_NONE + 1; f < CM_FAMILY_END; f++) {
		printf("\n## %s\n\n", cm_family_row(f)->title);
		put_picture(MERMAID, f);
		printf("\n");
		for (enum cm_move m = CM_MOVE_NONE + 1; m < CM_MOVE_END; m++)
			put_move(LIST, f, m);
	}
}

int
main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "rows") == 0)
		return write_rows(argv[2], argc - 3, argv + 3);
	enum cm_family family = argc == 3 ? cm_family_find(argv[2], strlen(argv[2])) : CM_FAMILY_NONE;
	if (family != CM_FAMILY_NONE && strcmp(argv[1], "picture") == 0) {
		put_picture(DOT, family);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "chapter") == 0) {
		put_chapter();
		return 0;
	}
	fputs("machine rows DIR [CHANGE …]\nmachine picture FAMILY\nmachine chapter\n", stderr);
	return 2;
}
