// Knows: who may include whom (tests/house/rooms.tab). Rows:
//   may ROOM ROOM…          the first may include every header of the others
//   door ROOM HEADER REASON one header of a room that is otherwise closed
//   file PREFIX ROOM REASON these files may include every header of a room that is otherwise closed
//   home PREFIX HEADER…     a foreign header may stand only under this path (several rows: several homes)
#include "house.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const remedy =
        "Move the code to the room it belongs to, or draw a door in tests/house/rooms.tab with a reason.";

static bool
is_room(const char *name)
{
	for (size_t i = 0; i < house.rooms.rows; i++)
		if (strcmp(house.rooms.row[i].cell[0], "may") == 0 && strcmp(house.rooms.row[i].cell[1], name) == 0)
			return true;
	return false;
}

// A word in a cell of words separated by spaces.
static bool
listed(const char *cell, const char *word)
{
	size_t n = strlen(word);
	for (const char *at = cell; (at = strstr(at, word)) != NULL; at += n)
		if ((at == cell || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0))
			return true;
	return false;
}

static bool
may(const char *from, const char *to, const char *header)
{
	for (size_t i = 0; i < house.rooms.rows; i++) {
		struct house_row *row = &house.rooms.row[i];
		if (strcmp(row->cell[1], from) != 0)
			continue;
		if (strcmp(row->cell[0], "may") == 0 && listed(row->cell[2], to))
			return true;
		if (strcmp(row->cell[0], "door") == 0 && strcmp(row->cell[2], header) == 0) {
			row->used = true;
			return true;
		}
	}
	return false;
}

static bool
file_may(const char *path, const char *room)
{
	for (size_t i = 0; i < house.rooms.rows; i++) {
		struct house_row *row = &house.rooms.row[i];
		if (strcmp(row->cell[0], "file") == 0 && house_starts(path, row->cell[1]) && strcmp(row->cell[2], room) == 0) {
			row->used = true;
			return true;
		}
	}
	return false;
}

// The header's home rows: allowed when there are none, or when one of them holds.
static bool
at_home(const char *path, const char *header)
{
	bool has_home = false;
	for (size_t i = 0; i < house.rooms.rows; i++) {
		const struct house_row *row = &house.rooms.row[i];
		if (strcmp(row->cell[0], "home") != 0)
			continue;
		char names[512];
		snprintf(names, sizeof names, "%s", row->cell[2]);
		for (char *name = strtok(names, " "); name != NULL; name = strtok(NULL, " ")) {
			if (!house_starts(header, name))
				continue;
			has_home = true;
			if (house_starts(path, row->cell[1]))
				return true;
		}
	}
	return !has_home;
}

static void
check_include(const struct house_file *f, const char *line, int number)
{
	char header[256], room[64];
	if (sscanf(line, "#include <%255[^>]>", header) == 1) {
		if (!at_home(f->path, header))
			house_fault("rooms-foreign", f->path, number, remedy, "<%s> has its home elsewhere", header);
		return;
	}
	if (sscanf(line, "#include \"%255[^\"]\"", header) != 1)
		return;
	if (sscanf(header, "%63[^/]/", room) != 1 || strchr(header, '/') == NULL) {
		house_fault("rooms-include", f->path, number, "Write \"room/file.h\".", "\"%s\" names no room", header);
		return;
	}
	if (strcmp(room, "comity") == 0 && may(f->room, "comity", header))
		return;
	if (!is_room(room) || (!may(f->room, room, header) && !file_may(f->path, room)))
		house_fault("rooms-include", f->path, number, remedy, "%s may not include \"%s\"", f->room, header);
}

void
house_rooms(void)
{
	for (size_t i = 0; i < house.files; i++) {
		const struct house_file *f = &house.file[i];
		if (!house_starts(f->path, "src/") || (!f->is_header && !f->is_source))
			continue;
		if (!is_room(f->room)) {
			house_fault("rooms-unknown", f->path, 1, remedy, "\"%s\" is no room", f->room);
			continue;
		}
		int number = 1;
		for (const char *line = f->text; *line != 0; number++) {
			if (house_starts(line, "#include"))
				check_include(f, line, number);
			line += strcspn(line, "\n");
			line += *line == '\n';
		}
	}
	for (size_t i = 0; i < house.rooms.rows; i++) {
		const struct house_row *row = &house.rooms.row[i];
		if ((strcmp(row->cell[0], "door") == 0 || strcmp(row->cell[0], "file") == 0) && !row->used)
			house_fault("rooms-door", row->table, row->line, "Remove the row.", "nothing in %s uses the door to %s",
			            row->cell[1], row->cell[2]);
	}
}
