# Six words for a newcomer. Each sees to the packages it needs, then calls Meson.
#   make demo    two States, one request, sealed evidence, a court       make test    all tests
#   make bench   the figures of doc/measurements.md                      make soak    the long proofs
#   make check   the house checks                                        make install   under PREFIX
B ?= build
PREFIX ?= /usr/local

.PHONY: all demo test bench soak check install packages
all: packages
	@tools/build.sh $(B)/main
packages:
	@tools/packages.sh build
demo: all
	@$(B)/main/comity demo
test:
	@tools/test.sh $(B)
bench: all
	@tools/bench.sh $(B)
soak:
	@tools/soak.sh $(B)
check: all
	@tools/check.sh $(B)
install: all
	@meson configure $(B)/main -Dprefix=$(PREFIX)
	@meson install -C $(B)/main --quiet
	@echo "installed: $(DESTDIR)$(PREFIX)/bin/comity, its manual pages, completion for bash, comity.service"
