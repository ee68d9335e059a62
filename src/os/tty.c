// Knows: the terminal. Does not know: whose secret is read. The line goes byte by byte into a secret buffer, so no
// stdio buffer keeps a copy.
#include "os/tty.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/file.h"

bool
cm_tty_is(int fd)
{
	return isatty(fd) == 1;
}

unsigned
cm_tty_width(int fd)
{
	struct winsize size;
	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

cm_result
cm_tty_secret_from(int fd, struct cm_buf *to, struct cm_report *report)
{
	for (size_t n = 0; n <= CM_LIMIT_SECRET_LINE_VALUE; n++) {
		uint8_t byte;
		size_t got;
		cm_result r = cm_file_read(fd, &byte, 1, report, &got);
		if (r != CM_OK)
			return r;
		if (got == 0 || byte == '\n')
			return cm_buf_result(to);
		cm_buf_u8(to, byte);
		cm_mem_wipe(&byte, 1);
	}
	return cm_report_refuse(report, CM_ERROR_FILE_TOO_LARGE, "pass phrase", "more than %d bytes",
	                        CM_LIMIT_SECRET_LINE_VALUE);
}

cm_result
cm_tty_secret(const char *prompt, struct cm_buf *to, struct cm_report *report)
{
	CM_FILE_AUTO int fd = -1;
	struct termios shown;
	if (cm_file_open("/dev/tty", CM_FILE_UPDATE, 0, NULL, &fd) != CM_OK || tcgetattr(fd, &shown) != 0)
		return cm_report_failed(report, CM_ERROR_TTY_MISSING, "/dev/tty", "%s", strerror(errno));
	cm_result r = cm_file_write_all(fd, cm_view_text(prompt), report);
	if (r != CM_OK)
		return r;
	struct termios hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ICANON;
	tcsetattr(fd, TCSAFLUSH, &hidden);
	r = cm_tty_secret_from(fd, to, report);
	tcsetattr(fd, TCSAFLUSH, &shown);
	cm_result_ignore(cm_file_write_all(fd, cm_view_text("\n"), NULL), "only a line break on the terminal");
	return r;
}
