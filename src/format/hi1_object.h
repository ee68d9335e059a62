// The objects of an HI-1 message as records: what the seven types of our profile may carry (doc/spec/profile.md; ETSI
// TS 103 120 v1.23.1). One set of structs for reading and for writing. Absent is: an empty view, a NULL pointer or a
// count of 0, an instant of 0, a number of 0, CM_HI1_UNSET, a dictionary of CM_DICTIONARY_NONE. Nothing present is
// ever empty. A read record owns its memory (struct cm_hi1_message); a record that is built points at the builder's
// memory. Instants are UTC and written in whole seconds with "Z". Source: hi1_object.c (the tables member ↔ field).
#ifndef CM_FORMAT_HI1_OBJECT_H
#define CM_FORMAT_HI1_OBJECT_H

#include "base/instant.h"
#include "format/hi1_entry.h"

enum cm_hi1_flag {
	CM_HI1_UNSET = 0,
	CM_HI1_NO,
	CM_HI1_YES,
};

struct cm_hi1_endpoint {
	struct cm_view country; // "XA"
	struct cm_view id;      // "contact"
};

// ErrorInformation, StatusReason, InvalidReason. See format/hi1_error.h for the numbers.
struct cm_hi1_error_info {
	uint64_t code;
	struct cm_view text; // "code[ article]: text"
};

struct cm_hi1_approval {
	struct cm_view type; // "comity: second person"
	struct cm_view description;
	struct cm_view reference;
	struct cm_view name, role; // of the person who approved
	struct cm_instant at;
	enum cm_hi1_flag emergency;
};

struct cm_hi1_authorisation {
	struct cm_view reference;
	struct cm_hi1_entry legal_type, priority, status, desired_status, type_of_case;
	struct cm_instant start, end;
	const struct cm_hi1_approval *approvals;
	size_t approval_count;
	const struct cm_hi1_error_info *invalid_reason;
	const struct cm_hi1_entry *flags;
	size_t flag_count;
	struct cm_view manual_information, jurisdiction, legal_entity;
};

struct cm_hi1_property {
	struct cm_hi1_entry type; // CM_DICTIONARY_DOCUMENT_PROPERTY: "Language", "Court", "receipt"
	struct cm_view value;
};

struct cm_hi1_body {
	struct cm_view contents;     // the bytes, decoded from base64
	struct cm_view content_type; // "application/vnd.comity.request+json"
	struct cm_view sha256;       // 32 bytes; the reader has compared it with the contents
};

struct cm_hi1_document {
	struct cm_view reference, name;
	struct cm_hi1_entry type; // Warrant of ETSI; Request, Answer, Translation of comity
	struct cm_hi1_entry status, desired_status;
	struct cm_instant start, end;
	const struct cm_hi1_property *properties;
	size_t property_count;
	const struct cm_hi1_body *body;
	const struct cm_hi1_error_info *invalid_reason;
};

struct cm_hi1_request_value {
	struct cm_view format_owner, format_name; // "comity", "account"
	struct cm_view value;
};

// RequestDetails of both task objects; observed times only in LDTask.
struct cm_hi1_details {
	struct cm_hi1_entry type;
	struct cm_instant start, end;
	const struct cm_instant *observed;
	size_t observed_count;
	const struct cm_hi1_request_value *values;
	size_t value_count;
	const struct cm_hi1_entry *subtypes;
	size_t subtype_count;
};

struct cm_hi1_preservation { // LPTaskObject
	struct cm_hi1_entry status, desired_status;
	const struct cm_hi1_error_info *reason;
	const struct cm_hi1_details *details;
	struct cm_instant desired_expiration, expiration;
	const struct cm_hi1_endpoint *provider; // task:CSPID
};

struct cm_hi1_destination {
	struct cm_hi1_endpoint endpoint;
	struct cm_view encryption; // ObjectIdentifier of the EncryptionObject
	struct cm_hi1_entry handover_format;
};

struct cm_hi1_alternative { // AlternativePreservationReference
	struct cm_view value;
	struct cm_view nature; // "comity:ObjectIdentifier", "comity:ExternalIdentifier"
	struct cm_instant at;
};

struct cm_hi1_deadline {
	struct cm_instant at;
	struct cm_hi1_entry nature;
	struct cm_view information;
};

struct cm_hi1_disclosure { // LDTaskObject
	struct cm_view reference; // LDID "XA-contact-2027.0450"
	struct cm_hi1_entry status, desired_status;
	const struct cm_hi1_error_info *reason;
	const struct cm_hi1_details *details;
	const struct cm_hi1_destination *destinations;
	size_t destination_count;
	const struct cm_hi1_approval *approvals;
	size_t approval_count;
	const struct cm_hi1_endpoint *provider;
	const struct cm_hi1_entry *flags;
	size_t flag_count;
	const struct cm_hi1_alternative *preservations;
	size_t preservation_count;
	const struct cm_hi1_deadline *deadlines;
	size_t deadline_count;
	struct cm_view manual_information;
};

// What is delivered: by URL, or sealed data inside the message.
struct cm_hi1_content {
	struct cm_view url;  // by URL
	struct cm_view data; // embedded: the bytes, decoded from base64
	uint64_t length;     // bytes
	struct cm_view content_type;
	struct cm_view sha256;       // 32 bytes
	struct cm_instant expiry;    // only with url
	struct cm_view filename;
	struct cm_view provider_id; // CSPDefinedIdentifier; only with url
};

struct cm_hi1_delivery {
	struct cm_view reference;   // LDID of the task
	struct cm_view delivery_id; // UUID, the same for all volumes of one delivery
	uint64_t sequence;          // from 1
	enum cm_hi1_flag last;
	struct cm_hi1_entry manifest; // "asic-e-package"
	const struct cm_hi1_content *by_url, *embedded; // one of the two, or none
	struct cm_hi1_entry status, desired_status;
	struct cm_view encryption; // ObjectIdentifier of the EncryptionObject
	struct cm_view encryption_information;
};

struct cm_hi1_state { // AssociatedObjectStatus
	struct cm_view object;
	struct cm_hi1_entry status; // CM_DICTIONARY_REQUEST_STATE
	struct cm_view details;
};

struct cm_hi1_notification {
	struct cm_view details;
	struct cm_hi1_entry type;
	enum cm_hi1_flag is_new;
	struct cm_instant at;
	const struct cm_hi1_state *states;
	size_t state_count;
};

struct cm_hi1_certificate {
	struct cm_view der;
};

struct cm_hi1_encryption {
	struct cm_hi1_entry scheme; // "age-v1-x25519"
	const struct cm_hi1_certificate *certificates;
	size_t certificate_count;
};

enum cm_hi1_type {
	CM_HI1_TYPE_NONE = 0,
	CM_HI1_TYPE_AUTHORISATION,
	CM_HI1_TYPE_DOCUMENT,
	CM_HI1_TYPE_PRESERVATION, // LPTaskObject
	CM_HI1_TYPE_DISCLOSURE,   // LDTaskObject
	CM_HI1_TYPE_DELIVERY,
	CM_HI1_TYPE_NOTIFICATION,
	CM_HI1_TYPE_ENCRYPTION,
};
#define CM_HI1_TYPE_COUNT 8

struct cm_hi1_object {
	enum cm_hi1_type type;
	struct cm_view id; // ObjectIdentifier, a UUID
	struct cm_view country, owner;
	uint64_t generation;
	struct cm_view external_id;
	const struct cm_view *associated; // ObjectIdentifiers
	size_t associated_count;
	struct cm_instant last_changed;
	union { // by type
		struct cm_hi1_authorisation authorisation;
		struct cm_hi1_document document;
		struct cm_hi1_preservation preservation;
		struct cm_hi1_disclosure disclosure;
		struct cm_hi1_delivery delivery;
		struct cm_hi1_notification notification;
		struct cm_hi1_encryption encryption;
	};
};

// "LPTask", "Document", … as the ObjectType dictionaries name it; "" for NONE. Never NULL.
const char *cm_hi1_type_name(enum cm_hi1_type type);
// The entry for LIST: owner ETSI or comity.
struct cm_hi1_entry cm_hi1_type_entry(enum cm_hi1_type type);
// The type of such an entry, CM_HI1_TYPE_NONE for another one.
enum cm_hi1_type cm_hi1_type_of(struct cm_hi1_entry entry);

// The word of the object's status; empty without one, and for objects that have none.
struct cm_view cm_hi1_object_status(const struct cm_hi1_object *object);

// An entry from a C string that lives on: cm_hi1_entry_of(CM_DICTIONARY_LPTASK_STATUS, "Preserved").
struct cm_hi1_entry cm_hi1_entry_of(enum cm_dictionary dictionary, const char *value);
bool cm_hi1_entry_is(struct cm_hi1_entry entry, enum cm_dictionary dictionary, const char *value);

#endif
