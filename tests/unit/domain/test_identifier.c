#include "unit.h"

#include "domain/identifier.h"

struct pair {
	const char *format, *value;
};

static void
well_formed_identifiers_are_accepted(void **state)
{
	(void)state;
	static const struct pair good[] = {
	        {"email", "duty+x@contact.xa.example"},
	        {"e164", "number=+99915550124;at=2027-03-01T22:40:17Z"},
	        {"ipv4_port_time", "addr=198.51.100.23;port=443;proto=tcp;at=2027-03-01T22:40:17Z"},
	        {"ipv4_port_time", "addr=0.0.0.0;port=65535;at=2027-03-01T22:40:17.123+07:00"},
	        {"ipv6_time", "addr=2001:db8:7:12::/64;at=2027-04-10T18:03:51Z"},
	        {"ipv6_time", "addr=::;at=2027-04-10T18:03:51Z"},
	        {"ipv6_time", "addr=1:2:3:4:5:6:7:8;at=2027-04-10T18:03:51Z"},
	        {"ipv6_time", "addr=fe80::1;at=2027-04-10T18:03:51Z"},
	        {"url", "url=https://lumo.example/u/1?x=y;seen=2027-04-10T18:03:51Z"},
	        {"account", "service=nordbox.example;id=C-70911;handle=lw-node4;seen=2027-03-01T22:40:17Z"},
	        {"domain", "name=nordbox.example;at=2027-03-01T22:40:17Z"},
	        {"imei", "imei=490154203237518;at=2027-03-01T22:40:17Z"},
	        {"imsi", "imsi=999010123456789;operator=Arlcom"},
	        {"iccid", "iccid=8999901012345678908;operator=Arlcom"},
	        {"mac", "mac=00:00:5e:00:53:01;network=cafe"},
	        {"device_id", "vendor=lumo;id=ab-12"},
	        {"wallet", "chain=btc;addr=bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq;at=2027-03-01T22:40:17Z"},
	        {"txid", "chain=eth;hash=0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef;"
	                 "at=2027-03-01T22:40:17Z"},
	        {"iban", "iban=GB82WEST12345698765432;bank=West"},
	        {"pan_hash", "scheme=visa;first=400000;last=0002"},
	        {"file_hash", "alg=sha256;hash=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	        {"photo_hash", "alg=pdq;hash=f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"},
	        {"cell", "cell=999-01-1234-567890;at=2027-03-01T22:40:17Z"},
	        {"geo", "lat=-12.5;lon=180.000;accuracy=30;at=2027-03-01T22:40:17Z;source=gps"},
	        {"vehicle_or_doc", "type=plate;issuer=XA;number=LH 123"},
	};
	struct cm_report report = {0};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (cm_identifier_check(cm_view_text(good[i].format), cm_view_text(good[i].value), "x", &report) != CM_OK)
			fail_msg("%s: %s", good[i].value, report.findings[0].seen);
	}
	assert_int_equal(report.count, 0);
}

static void
others_are_refused(void **state)
{
	(void)state;
	static const struct pair bad[] = {
	        {"email", "duty"}, {"email", "@x.example"}, {"email", "a@b"}, {"email", "a@b@c.example"}, {"email", ""},
	        {"email", "a b@c.example"}, {"email", "a@c.example\n"}, {"email", "a@-c.example"},
	        {"e164", "number=+0915550124;at=2027-03-01T22:40:17Z"}, {"e164", "number=99915550124;at=2027-03-01T22:40:17Z"},
	        {"e164", "number=+99915550124"}, {"e164", "number=+1234567890123456;at=2027-03-01T22:40:17Z"},
	        {"ipv4_port_time", "addr=198.51.100.23;at=2027-03-01T22:40:17Z"},
	        {"ipv4_port_time", "addr=198.51.100.256;port=1;at=2027-03-01T22:40:17Z"},
	        {"ipv4_port_time", "addr=198.51.100;port=1;at=2027-03-01T22:40:17Z"},
	        {"ipv4_port_time", "addr=198.51.100.2.3;port=1;at=2027-03-01T22:40:17Z"},
	        {"ipv4_port_time", "addr=198.51.100.01;port=1;at=2027-03-01T22:40:17Z"},
	        {"ipv4_port_time", "addr=198.51.100.23;port=0;at=2027-03-01T22:40:17Z"},
	        {"ipv4_port_time", "addr=198.51.100.23;port=65536;at=2027-03-01T22:40:17Z"},
	        {"ipv4_port_time", "addr=198.51.100.23;port=443;at=2027-03-01T22:40:17"},
	        {"ipv6_time", "addr=2001:db8::7::1;at=2027-04-10T18:03:51Z"},
	        {"ipv6_time", "addr=1:2:3:4:5:6:7;at=2027-04-10T18:03:51Z"},
	        {"ipv6_time", "addr=1:2:3:4:5:6:7:8:9;at=2027-04-10T18:03:51Z"},
	        {"ipv6_time", "addr=1:2:3:4:5:6:7:8::;at=2027-04-10T18:03:51Z"},
	        {"ipv6_time", "addr=:1:2:3:4:5:6:7;at=2027-04-10T18:03:51Z"},
	        {"ipv6_time", "addr=12345::;at=2027-04-10T18:03:51Z"}, {"ipv6_time", "addr=::/129;at=2027-04-10T18:03:51Z"},
	        {"ipv6_time", "addr=1:;at=2027-04-10T18:03:51Z"}, {"ipv6_time", "addr=:::;at=2027-04-10T18:03:51Z"},
	        {"url", "url=lumo.example;seen=2027-04-10T18:03:51Z"}, {"url", "url=https:;seen=2027-04-10T18:03:51Z"},
	        {"account", "service=nordbox.example;seen=2027-03-01T22:40:17Z"}, {"account", "service=;id=1;seen=2027-03-01T22:40:17Z"},
	        {"domain", "name=example;at=2027-03-01T22:40:17Z"}, {"domain", "name=a..b;at=2027-03-01T22:40:17Z"},
	        {"imei", "imei=490154203237519;at=2027-03-01T22:40:17Z"}, {"imei", "imei=49015420323751;at=2027-03-01T22:40:17Z"},
	        {"imsi", "imsi=99901;operator=Arlcom"}, {"iccid", "iccid=8999901012345678901;operator=Arlcom"},
	        {"mac", "mac=00:00:5e:00:53;network=cafe"}, {"mac", "mac=00:00:5g:00:53:01;network=cafe"},
	        {"wallet", "chain=btc;addr=short;at=2027-03-01T22:40:17Z"}, {"txid", "chain=eth;hash=0x01;at=2027-03-01T22:40:17Z"},
	        {"iban", "iban=GB82WEST12345698765433;bank=West"}, {"iban", "iban=GB82;bank=West"},
	        {"pan_hash", "scheme=visa;first=4000000000000002;last=0002"}, {"pan_hash", "scheme=visa;first=400000;last=12345"},
	        {"file_hash", "alg=sha256;hash=e3b0"}, {"file_hash", "alg=crc32;hash=e3b0c442"},
	        {"cell", "cell=99-01-1234-567890;at=2027-03-01T22:40:17Z"}, {"cell", "cell=999-01-1234;at=2027-03-01T22:40:17Z"},
	        {"cell", "cell=999-01-1-1-1;at=2027-03-01T22:40:17Z"},
	        {"geo", "lat=90.1;lon=0;accuracy=30;at=2027-03-01T22:40:17Z;source=gps"},
	        {"geo", "lat=1.;lon=0;accuracy=30;at=2027-03-01T22:40:17Z;source=gps"},
	        {"geo", "lat=1;lon=181;accuracy=30;at=2027-03-01T22:40:17Z;source=gps"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cm_report report = {0};
		if (cm_identifier_check(cm_view_text(bad[i].format), cm_view_text(bad[i].value), "x", &report) != CM_REFUSED)
			fail_msg("%s %s", bad[i].format, bad[i].value);
		assert_true(cm_report_has(&report, CM_ERROR_IDENTIFIER_INVALID));
	}
	struct cm_report report = {0};
	assert_int_equal(cm_identifier_check(cm_view_text("ip"), cm_view_text("1"), "x", &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_IDENTIFIER_UNKNOWN));
}

static void
fields_are_found_by_key(void **state)
{
	(void)state;
	struct cm_view v;
	assert_true(cm_identifier_field(cm_view_text("a=1;bb=2=3;c="), "bb", &v));
	assert_view_is(v, "2=3");
	assert_true(cm_identifier_field(cm_view_text("a=1;bb=2=3;c="), "c", &v));
	assert_int_equal(v.n, 0);
	assert_false(cm_identifier_field(cm_view_text("a=1;bb=2"), "b", &v));
	assert_false(cm_identifier_field(cm_view_text(""), "a", &v));
}

UNIT_MAIN(T(well_formed_identifiers_are_accepted), T(others_are_refused), T(fields_are_found_by_key))
