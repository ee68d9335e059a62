// Knows: every member that the seven object types of the profile may have, which are needed when an object is created
// or delivered, and which only the registrar sets (doc/spec/profile.md sections 1, 3, 7; TS 103 120 v1.23.1). Does
// not know: verbs, states, kinds.
#include <stddef.h>

#include "base/tab_limit.h"
#include "format/hi1_shape.h"
#include "format/hi1_object.h"

#define CM_HI1_XSI_AUTHORISATION "{http://uri.etsi.org/03120/common/2020/09/Authorisation}AuthorisationObject"
#define CM_HI1_XSI_DOCUMENT "{http://uri.etsi.org/03120/common/2020/09/Document}DocumentObject"
#define CM_HI1_XSI_PRESERVATION "{http://uri.etsi.org/03120/common/2020/09/Task}LPTaskObject"
#define CM_HI1_XSI_DISCLOSURE "{http://uri.etsi.org/03120/common/2020/09/Task}LDTaskObject"
#define CM_HI1_XSI_DELIVERY "{http://uri.etsi.org/03120/common/2019/10/Delivery}DeliveryObject"
#define CM_HI1_XSI_NOTIFICATION "{http://uri.etsi.org/03120/common/2016/02/Notification}NotificationObject"
#define CM_HI1_XSI_ENCRYPTION "{http://uri.etsi.org/03120/common/2026/01/Encryption}EncryptionObject"

static const struct cm_json_shape_field cm_hi1_associated_fields[] = {
        {"AssociatedObject", CM_SHAPE_TEXT, CM_HI1_LIST(cm_hi1_object, associated, associated_count),
         .form = CM_FORM_UUID, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_associated_shape =
        CM_HI1_SHAPE("AssociatedObjects", cm_hi1_associated_fields, cm_hi1_object);

// What all objects share; upper-case names stand before those with a prefix.
#define CM_HI1_COMMON(xsi_type) \
	{"@xsi:type", CM_SHAPE_FIXED, .need = CM_SHAPE_ALWAYS, .fixed = xsi_type}, {"AssociatedObjects", \
	CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_associated_shape}, {"CountryCode", CM_SHAPE_TEXT, \
	CM_HI1_AT(cm_hi1_object, country), .form = CM_FORM_COUNTRY, \
	.need = CM_SHAPE_CREATE | CM_SHAPE_DELIVER}, {"ExternalIdentifier", CM_SHAPE_TEXT, \
	CM_HI1_AT(cm_hi1_object, external_id), .form = CM_FORM_LONG}, {"Generation", CM_SHAPE_NUMBER, \
	CM_HI1_AT(cm_hi1_object, generation), .never = CM_SHAPE_CREATE | CM_SHAPE_DELIVER}, {"LastChanged", \
	CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_object, last_changed), .never = CM_SHAPE_CREATE | CM_SHAPE_DELIVER}, \
	{"ObjectIdentifier", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, id), .form = CM_FORM_UUID, \
	.need = CM_SHAPE_ALWAYS}, {"OwnerIdentifier", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, owner), \
	.form = CM_FORM_NAME, .need = CM_SHAPE_CREATE | CM_SHAPE_DELIVER}

static const struct cm_json_shape_field cm_hi1_approver_fields[] = {
        {"common:ApproverName", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_approval, name), .form = CM_FORM_LINE},
        {"common:ApproverRole", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_approval, role), .form = CM_FORM_LINE},
};
static const struct cm_json_shape cm_hi1_approver_shape =
        CM_HI1_SHAPE("ApproverDetails", cm_hi1_approver_fields, cm_hi1_approval);

static const struct cm_json_shape_field cm_hi1_approval_fields[] = {
        {"common:ApprovalDescription", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_approval, description), .form = CM_FORM_LONG},
        {"common:ApprovalIsEmergency", CM_SHAPE_FLAG, CM_HI1_AT(cm_hi1_approval, emergency), .need = CM_SHAPE_ALWAYS},
        {"common:ApprovalReference", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_approval, reference), .form = CM_FORM_LONG},
        {"common:ApprovalTimestamp", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_approval, at), .need = CM_SHAPE_ALWAYS},
        {"common:ApprovalType", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_approval, type), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
        {"common:ApproverDetails", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_approver_shape, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_approval_shape =
        CM_HI1_SHAPE("ApprovalDetails", cm_hi1_approval_fields, cm_hi1_approval);

static const struct cm_json_shape_field cm_hi1_auth_timespan_fields[] = {
        {"auth:EndTime", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_object, authorisation.end)},
        {"auth:StartTime", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_object, authorisation.start)},
};
static const struct cm_json_shape cm_hi1_auth_timespan_shape =
        CM_HI1_SHAPE("AuthorisationTimespan", cm_hi1_auth_timespan_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_auth_flags_fields[] = {
        {"auth:AuthorisationFlag", CM_SHAPE_ENTRY, CM_HI1_LIST(cm_hi1_object, authorisation.flags,
         authorisation.flag_count), .dictionary = CM_DICTIONARY_AUTHORISATION_FLAG, .need = CM_SHAPE_ALWAYS,
         .most = 8},
};
static const struct cm_json_shape cm_hi1_auth_flags_shape =
        CM_HI1_SHAPE("AuthorisationFlags", cm_hi1_auth_flags_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_authorisation_fields[] = {
        CM_HI1_COMMON(CM_HI1_XSI_AUTHORISATION),
        {"auth:AuthorisationApprovalDetails", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_object, authorisation.approvals,
         authorisation.approval_count), .sub = &cm_hi1_approval_shape, .most = 8},
        {"auth:AuthorisationDesiredStatus", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, authorisation.desired_status),
         .dictionary = CM_DICTIONARY_AUTHORISATION_DESIRED_STATUS, .need = CM_SHAPE_CREATE},
        {"auth:AuthorisationFlags", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_auth_flags_shape},
        {"auth:AuthorisationInvalidReason", CM_SHAPE_POINTER, CM_HI1_AT(cm_hi1_object, authorisation.invalid_reason),
         .sub = &cm_hi1_error_info_shape, .never = CM_SHAPE_CREATE | CM_SHAPE_DELIVER},
        {"auth:AuthorisationJurisdiction", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, authorisation.jurisdiction),
         .form = CM_FORM_LINE},
        {"auth:AuthorisationLegalEntity", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, authorisation.legal_entity),
         .form = CM_FORM_LINE},
        {"auth:AuthorisationLegalType", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, authorisation.legal_type),
         .dictionary = CM_DICTIONARY_LEGAL_TYPE, .need = CM_SHAPE_CREATE},
        {"auth:AuthorisationManualInformation", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object,
         authorisation.manual_information), .form = CM_FORM_TEXT},
        {"auth:AuthorisationPriority", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, authorisation.priority),
         .dictionary = CM_DICTIONARY_AUTHORISATION_PRIORITY, .need = CM_SHAPE_CREATE},
        {"auth:AuthorisationReference", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, authorisation.reference),
         .form = CM_FORM_LONG},
        {"auth:AuthorisationStatus", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, authorisation.status),
         .dictionary = CM_DICTIONARY_AUTHORISATION_STATUS, .never = CM_SHAPE_CREATE | CM_SHAPE_DELIVER},
        {"auth:AuthorisationTimespan", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_auth_timespan_shape},
        {"auth:AuthorisationTypeOfCase", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, authorisation.type_of_case),
         .dictionary = CM_DICTIONARY_AUTHORISATION_TYPE_OF_CASE},
};
static const struct cm_json_shape cm_hi1_authorisation_shape =
        CM_HI1_SHAPE("AuthorisationObject", cm_hi1_authorisation_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_property_fields[] = {
        {"doc:PropertyType", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_property, type),
         .dictionary = CM_DICTIONARY_DOCUMENT_PROPERTY, .need = CM_SHAPE_ALWAYS},
        {"doc:PropertyValue", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_property, value), .form = CM_FORM_TEXT,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_property_shape =
        CM_HI1_SHAPE("DocumentProperty", cm_hi1_property_fields, cm_hi1_property);

static const struct cm_json_shape_field cm_hi1_properties_fields[] = {
        {"doc:DocumentProperty", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_object, document.properties,
         document.property_count), .sub = &cm_hi1_property_shape, .need = CM_SHAPE_ALWAYS, .most = 16},
};
static const struct cm_json_shape cm_hi1_properties_shape =
        CM_HI1_SHAPE("DocumentProperties", cm_hi1_properties_fields, cm_hi1_object);

static void cm_hi1_body_check(struct cm_json_shape_reader *reader, const void *record);

static const struct cm_json_shape_field cm_hi1_body_fields[] = {
        {"doc:Checksum", CM_SHAPE_HEX, CM_HI1_AT(cm_hi1_body, sha256), .max = 32, .need = CM_SHAPE_ALWAYS},
        {"doc:ChecksumType", CM_SHAPE_FIXED, .need = CM_SHAPE_ALWAYS, .fixed = "SHA-256"},
        {"doc:ContentType", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_body, content_type), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
        {"doc:Contents", CM_SHAPE_BASE64, CM_HI1_AT(cm_hi1_body, contents), .max = CM_LIMIT_DOCUMENT_BYTES_VALUE,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_body_shape = {"DocumentBody", cm_hi1_body_fields,
        sizeof cm_hi1_body_fields / sizeof *cm_hi1_body_fields, sizeof(struct cm_hi1_body), cm_hi1_body_check};

static const struct cm_json_shape_field cm_hi1_doc_timespan_fields[] = {
        {"doc:EndTime", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_object, document.end)},
        {"doc:StartTime", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_object, document.start)},
};
static const struct cm_json_shape cm_hi1_doc_timespan_shape =
        CM_HI1_SHAPE("DocumentTimespan", cm_hi1_doc_timespan_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_document_fields[] = {
        CM_HI1_COMMON(CM_HI1_XSI_DOCUMENT),
        {"doc:DocumentBody", CM_SHAPE_POINTER, CM_HI1_AT(cm_hi1_object, document.body), .sub = &cm_hi1_body_shape,
         .need = CM_SHAPE_CREATE},
        {"doc:DocumentDesiredStatus", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, document.desired_status),
         .dictionary = CM_DICTIONARY_DOCUMENT_DESIRED_STATUS},
        {"doc:DocumentInvalidReason", CM_SHAPE_POINTER, CM_HI1_AT(cm_hi1_object, document.invalid_reason),
         .sub = &cm_hi1_error_info_shape, .never = CM_SHAPE_CREATE | CM_SHAPE_DELIVER},
        {"doc:DocumentName", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, document.name), .form = CM_FORM_LONG,
         .need = CM_SHAPE_CREATE},
        {"doc:DocumentProperties", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_properties_shape},
        {"doc:DocumentReference", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, document.reference), .form = CM_FORM_LONG},
        {"doc:DocumentStatus", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, document.status),
         .dictionary = CM_DICTIONARY_DOCUMENT_STATUS, .never = CM_SHAPE_CREATE | CM_SHAPE_DELIVER},
        {"doc:DocumentTimespan", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_doc_timespan_shape},
        {"doc:DocumentType", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, document.type),
         .dictionary = CM_DICTIONARY_DOCUMENT_TYPE, .dictionary2 = CM_DICTIONARY_DOCUMENT_TYPE_ETSI,
         .need = CM_SHAPE_CREATE},
};
static const struct cm_json_shape cm_hi1_document_shape =
        CM_HI1_SHAPE("DocumentObject", cm_hi1_document_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_format_type_fields[] = {
        {"task:FormatName", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_request_value, format_name), .form = CM_FORM_WORD,
         .need = CM_SHAPE_ALWAYS},
        {"task:FormatOwner", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_request_value, format_owner), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_format_type_shape =
        CM_HI1_SHAPE("FormatType", cm_hi1_format_type_fields, cm_hi1_request_value);

static const struct cm_json_shape_field cm_hi1_request_value_fields[] = {
        {"task:FormatType", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_format_type_shape, .need = CM_SHAPE_ALWAYS},
        {"task:Value", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_request_value, value), .form = CM_FORM_VALUE,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_request_value_shape =
        CM_HI1_SHAPE("RequestValue", cm_hi1_request_value_fields, cm_hi1_request_value);

static const struct cm_json_shape_field cm_hi1_request_values_fields[] = {
        {"task:RequestValue", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_details, values, value_count),
         .sub = &cm_hi1_request_value_shape, .need = CM_SHAPE_ALWAYS, .most = 64},
};
static const struct cm_json_shape cm_hi1_request_values_shape =
        CM_HI1_SHAPE("RequestValues", cm_hi1_request_values_fields, cm_hi1_details);

static const struct cm_json_shape_field cm_hi1_subtypes_fields[] = {
        {"task:RequestSubtype", CM_SHAPE_ENTRY, CM_HI1_LIST(cm_hi1_details, subtypes, subtype_count),
         .dictionary = CM_DICTIONARY_REQUEST_SUBTYPE, .need = CM_SHAPE_ALWAYS, .most = 64},
};
static const struct cm_json_shape cm_hi1_subtypes_shape =
        CM_HI1_SHAPE("RequestSubtype", cm_hi1_subtypes_fields, cm_hi1_details);

static const struct cm_json_shape_field cm_hi1_lp_details_fields[] = {
        {"task:EndTime", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_details, end)},
        {"task:RequestValues", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_request_values_shape,
         .need = CM_SHAPE_ALWAYS},
        {"task:StartTime", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_details, start)},
        {"task:Subtype", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_subtypes_shape},
        {"task:Type", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_details, type), .dictionary = CM_DICTIONARY_REQUEST_TYPE,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_lp_details_shape =
        CM_HI1_SHAPE("LPRequestDetails", cm_hi1_lp_details_fields, cm_hi1_details);

static const struct cm_json_shape_field cm_hi1_ld_details_fields[] = {
        {"task:EndTime", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_details, end)},
        {"task:ObservedTimes", CM_SHAPE_TIME, CM_HI1_LIST(cm_hi1_details, observed, observed_count), .most = 64},
        {"task:RequestValues", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_request_values_shape,
         .need = CM_SHAPE_ALWAYS},
        {"task:StartTime", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_details, start)},
        {"task:Subtype", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_subtypes_shape},
        {"task:Type", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_details, type), .dictionary = CM_DICTIONARY_REQUEST_TYPE,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_ld_details_shape =
        CM_HI1_SHAPE("RequestDetails", cm_hi1_ld_details_fields, cm_hi1_details);

static const struct cm_json_shape_field cm_hi1_preservation_fields[] = {
        CM_HI1_COMMON(CM_HI1_XSI_PRESERVATION),
        {"task:CSPID", CM_SHAPE_POINTER, CM_HI1_AT(cm_hi1_object, preservation.provider),
         .sub = &cm_hi1_endpoint_shape},
        {"task:DesiredPreservationExpiration", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_object,
         preservation.desired_expiration)},
        {"task:DesiredStatus", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, preservation.desired_status),
         .dictionary = CM_DICTIONARY_LPTASK_DESIRED_STATUS, .need = CM_SHAPE_CREATE},
        {"task:PreservationExpiration", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_object, preservation.expiration),
         .never = CM_SHAPE_CREATE | CM_SHAPE_DELIVER},
        {"task:RequestDetails", CM_SHAPE_POINTER, CM_HI1_AT(cm_hi1_object, preservation.details),
         .sub = &cm_hi1_lp_details_shape, .need = CM_SHAPE_CREATE},
        {"task:Status", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, preservation.status),
         .dictionary = CM_DICTIONARY_LPTASK_STATUS, .never = CM_SHAPE_CREATE | CM_SHAPE_DELIVER},
        {"task:StatusReason", CM_SHAPE_POINTER, CM_HI1_AT(cm_hi1_object, preservation.reason),
         .sub = &cm_hi1_error_info_shape, .never = CM_SHAPE_CREATE | CM_SHAPE_DELIVER},
};
static const struct cm_json_shape cm_hi1_preservation_shape =
        CM_HI1_SHAPE("LPTaskObject", cm_hi1_preservation_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_address_fields[] = {
        {"task:EndpointID", CM_SHAPE_INLINE, CM_HI1_AT(cm_hi1_destination, endpoint), .sub = &cm_hi1_endpoint_shape,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_address_shape =
        CM_HI1_SHAPE("DeliveryAddress", cm_hi1_address_fields, cm_hi1_destination);

static const struct cm_json_shape_field cm_hi1_destination_fields[] = {
        {"task:DeliveryAddress", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_address_shape, .need = CM_SHAPE_ALWAYS},
        {"task:EncryptionReference", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_destination, encryption), .form = CM_FORM_UUID,
         .need = CM_SHAPE_ALWAYS},
        {"task:LDHandoverFormat", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_destination, handover_format),
         .dictionary = CM_DICTIONARY_HANDOVER_FORMAT, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_destination_shape =
        CM_HI1_SHAPE("LDDeliveryDestination", cm_hi1_destination_fields, cm_hi1_destination);

static const struct cm_json_shape_field cm_hi1_destinations_fields[] = {
        {"task:LDDeliveryDestination", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_object, disclosure.destinations,
         disclosure.destination_count), .sub = &cm_hi1_destination_shape, .need = CM_SHAPE_ALWAYS, .most = 16},
};
static const struct cm_json_shape cm_hi1_destinations_shape =
        CM_HI1_SHAPE("DeliveryDetails", cm_hi1_destinations_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_ld_flags_fields[] = {
        {"task:LDTaskFlag", CM_SHAPE_ENTRY, CM_HI1_LIST(cm_hi1_object, disclosure.flags, disclosure.flag_count),
         .dictionary = CM_DICTIONARY_LDTASK_FLAG, .need = CM_SHAPE_ALWAYS, .most = 8},
};
static const struct cm_json_shape cm_hi1_ld_flags_shape =
        CM_HI1_SHAPE("Flags", cm_hi1_ld_flags_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_alternative_fields[] = {
        {"task:NatureOfReference", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_alternative, nature), .form = CM_FORM_LONG,
         .need = CM_SHAPE_ALWAYS},
        {"task:ReferenceValue", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_alternative, value), .form = CM_FORM_LONG,
         .need = CM_SHAPE_ALWAYS},
        {"task:TransmissionTime", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_alternative, at)},
};
static const struct cm_json_shape cm_hi1_alternative_shape =
        CM_HI1_SHAPE("AlternativePreservationReference", cm_hi1_alternative_fields, cm_hi1_alternative);

static const struct cm_json_shape_field cm_hi1_alternatives_fields[] = {
        {"task:AlternativePreservationReference", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_object,
         disclosure.preservations, disclosure.preservation_count), .sub = &cm_hi1_alternative_shape,
         .need = CM_SHAPE_ALWAYS, .most = 16},
};
static const struct cm_json_shape cm_hi1_alternatives_shape =
        CM_HI1_SHAPE("AlternativePreservationReferences", cm_hi1_alternatives_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_deadline_fields[] = {
        {"task:DateTime", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_deadline, at), .need = CM_SHAPE_ALWAYS},
        {"task:NatureOfDeadline", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_deadline, nature),
         .dictionary = CM_DICTIONARY_NATURE_OF_DEADLINE, .need = CM_SHAPE_ALWAYS},
        {"task:OtherInformation", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_deadline, information), .form = CM_FORM_TEXT},
};
static const struct cm_json_shape cm_hi1_deadline_shape =
        CM_HI1_SHAPE("LDDeadline", cm_hi1_deadline_fields, cm_hi1_deadline);

static const struct cm_json_shape_field cm_hi1_deadlines_fields[] = {
        {"task:LDDeadline", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_object, disclosure.deadlines,
         disclosure.deadline_count), .sub = &cm_hi1_deadline_shape, .need = CM_SHAPE_ALWAYS, .most = 8},
};
static const struct cm_json_shape cm_hi1_deadlines_shape =
        CM_HI1_SHAPE("Deadlines", cm_hi1_deadlines_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_disclosure_fields[] = {
        CM_HI1_COMMON(CM_HI1_XSI_DISCLOSURE),
        {"task:AlternativePreservationReferences", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_alternatives_shape},
        {"task:ApprovalDetails", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_object, disclosure.approvals,
         disclosure.approval_count), .sub = &cm_hi1_approval_shape, .most = 8},
        {"task:CSPID", CM_SHAPE_POINTER, CM_HI1_AT(cm_hi1_object, disclosure.provider),
         .sub = &cm_hi1_endpoint_shape},
        {"task:Deadlines", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_deadlines_shape},
        {"task:DeliveryDetails", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_destinations_shape,
         .need = CM_SHAPE_CREATE},
        {"task:DesiredStatus", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, disclosure.desired_status),
         .dictionary = CM_DICTIONARY_LDTASK_DESIRED_STATUS, .need = CM_SHAPE_CREATE},
        {"task:Flags", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_ld_flags_shape},
        {"task:ManualInformation", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, disclosure.manual_information),
         .form = CM_FORM_TEXT},
        {"task:Reference", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, disclosure.reference), .form = CM_FORM_LDID,
         .need = CM_SHAPE_CREATE},
        {"task:RequestDetails", CM_SHAPE_POINTER, CM_HI1_AT(cm_hi1_object, disclosure.details),
         .sub = &cm_hi1_ld_details_shape, .need = CM_SHAPE_CREATE},
        {"task:Status", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, disclosure.status),
         .dictionary = CM_DICTIONARY_LDTASK_STATUS, .never = CM_SHAPE_CREATE | CM_SHAPE_DELIVER},
        {"task:StatusReason", CM_SHAPE_POINTER, CM_HI1_AT(cm_hi1_object, disclosure.reason),
         .sub = &cm_hi1_error_info_shape, .never = CM_SHAPE_CREATE | CM_SHAPE_DELIVER},
};
static const struct cm_json_shape cm_hi1_disclosure_shape =
        CM_HI1_SHAPE("LDTaskObject", cm_hi1_disclosure_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_checksum_fields[] = {
        {"common:Checksum", CM_SHAPE_HEX, CM_HI1_AT(cm_hi1_content, sha256), .max = 32, .need = CM_SHAPE_ALWAYS},
        {"common:ChecksumType", CM_SHAPE_FIXED, .need = CM_SHAPE_ALWAYS, .fixed = "SHA-256"},
};
static const struct cm_json_shape cm_hi1_checksum_shape =
        CM_HI1_SHAPE("ChecksumAndType", cm_hi1_checksum_fields, cm_hi1_content);

static const struct cm_json_shape_field cm_hi1_checksums_fields[] = {
        {"common:ChecksumAndType", CM_SHAPE_SINGLE, .at = 0, .sub = &cm_hi1_checksum_shape, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_checksums_shape =
        CM_HI1_SHAPE("Checksums", cm_hi1_checksums_fields, cm_hi1_content);

static const struct cm_json_shape_field cm_hi1_by_url_fields[] = {
        {"delivery:CSPDefinedIdentifier", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_content, provider_id),
         .form = CM_FORM_LINE},
        {"delivery:Checksums", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_checksums_shape, .need = CM_SHAPE_ALWAYS},
        {"delivery:ContentLength", CM_SHAPE_NUMBER, CM_HI1_AT(cm_hi1_content, length), .need = CM_SHAPE_ALWAYS},
        {"delivery:ContentType", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_content, content_type), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
        {"delivery:Expiry", CM_SHAPE_MICRO, CM_HI1_AT(cm_hi1_content, expiry)},
        {"delivery:OriginalFilename", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_content, filename), .form = CM_FORM_LINE},
        {"delivery:URL", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_content, url), .form = CM_FORM_URL, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_by_url_shape =
        CM_HI1_SHAPE("URL", cm_hi1_by_url_fields, cm_hi1_content);

static void cm_hi1_embedded_check(struct cm_json_shape_reader *reader, const void *record);

static const struct cm_json_shape_field cm_hi1_embedded_fields[] = {
        {"delivery:Checksums", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_checksums_shape, .need = CM_SHAPE_ALWAYS},
        {"delivery:ContentLength", CM_SHAPE_NUMBER, CM_HI1_AT(cm_hi1_content, length), .need = CM_SHAPE_ALWAYS},
        {"delivery:ContentType", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_content, content_type), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
        {"delivery:Data", CM_SHAPE_BASE64, CM_HI1_AT(cm_hi1_content, data), .max = CM_LIMIT_EMBEDDED_BYTES_VALUE,
         .need = CM_SHAPE_ALWAYS},
        {"delivery:OriginalFilename", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_content, filename), .form = CM_FORM_LINE},
};
static const struct cm_json_shape cm_hi1_embedded_shape = {"BinaryData", cm_hi1_embedded_fields,
        sizeof cm_hi1_embedded_fields / sizeof *cm_hi1_embedded_fields, sizeof(struct cm_hi1_content),
        cm_hi1_embedded_check};

static const struct cm_json_shape_field cm_hi1_ldid_fields[] = {
        {"delivery:LDID", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, delivery.reference), .form = CM_FORM_LDID,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_ldid_shape =
        CM_HI1_SHAPE("Reference", cm_hi1_ldid_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_manifest_fields[] = {
        {"delivery:Specification", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, delivery.manifest),
         .dictionary = CM_DICTIONARY_MANIFEST, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_manifest_shape =
        CM_HI1_SHAPE("Manifest", cm_hi1_manifest_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_delivered_fields[] = {
        {"delivery:BinaryData", CM_SHAPE_POINTER, CM_HI1_AT(cm_hi1_object, delivery.embedded),
         .sub = &cm_hi1_embedded_shape},
        {"delivery:URL", CM_SHAPE_POINTER, CM_HI1_AT(cm_hi1_object, delivery.by_url), .sub = &cm_hi1_by_url_shape},
};
static const struct cm_json_shape cm_hi1_delivered_shape =
        CM_HI1_SHAPE("Delivery", cm_hi1_delivered_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_encryption_details_fields[] = {
        {"delivery:AdditionalInformation", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, delivery.encryption_information),
         .form = CM_FORM_LONG},
        {"delivery:EncryptionReference", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, delivery.encryption),
         .form = CM_FORM_UUID, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_encryption_details_shape =
        CM_HI1_SHAPE("EncryptionDetails", cm_hi1_encryption_details_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_delivery_fields[] = {
        CM_HI1_COMMON(CM_HI1_XSI_DELIVERY),
        {"delivery:Delivery", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_delivered_shape, .need = CM_SHAPE_DELIVER},
        {"delivery:DeliveryDesiredStatus", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, delivery.desired_status),
         .dictionary = CM_DICTIONARY_DELIVERY_DESIRED_STATUS},
        {"delivery:DeliveryID", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, delivery.delivery_id), .form = CM_FORM_UUID,
         .need = CM_SHAPE_DELIVER},
        {"delivery:DeliveryStatus", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, delivery.status),
         .dictionary = CM_DICTIONARY_DELIVERY_STATUS, .need = CM_SHAPE_DELIVER},
        {"delivery:EncryptionDetails", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_encryption_details_shape,
         .need = CM_SHAPE_DELIVER},
        {"delivery:LastSequence", CM_SHAPE_FLAG, CM_HI1_AT(cm_hi1_object, delivery.last), .need = CM_SHAPE_DELIVER},
        {"delivery:Manifest", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_manifest_shape, .need = CM_SHAPE_DELIVER},
        {"delivery:Reference", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_ldid_shape, .need = CM_SHAPE_DELIVER},
        {"delivery:SequenceNumber", CM_SHAPE_NUMBER, CM_HI1_AT(cm_hi1_object, delivery.sequence),
         .need = CM_SHAPE_DELIVER},
};
static const struct cm_json_shape cm_hi1_delivery_shape =
        CM_HI1_SHAPE("DeliveryObject", cm_hi1_delivery_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_state_fields[] = {
        {"notification:AssociatedObject", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_state, object), .form = CM_FORM_UUID,
         .need = CM_SHAPE_ALWAYS},
        {"notification:Details", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_state, details), .form = CM_FORM_LONG},
        {"notification:Status", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_state, status),
         .dictionary = CM_DICTIONARY_REQUEST_STATE, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_state_shape =
        CM_HI1_SHAPE("AssociatedObjectStatus", cm_hi1_state_fields, cm_hi1_state);

static const struct cm_json_shape_field cm_hi1_states_fields[] = {
        {"notification:AssociatedObjectStatus", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_object, notification.states,
         notification.state_count), .sub = &cm_hi1_state_shape, .need = CM_SHAPE_ALWAYS, .most = 64},
};
static const struct cm_json_shape cm_hi1_states_shape =
        CM_HI1_SHAPE("StatusOfAssociatedObjects", cm_hi1_states_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_notification_fields[] = {
        CM_HI1_COMMON(CM_HI1_XSI_NOTIFICATION),
        {"notification:NewNotification", CM_SHAPE_FLAG, CM_HI1_AT(cm_hi1_object, notification.is_new),
         .need = CM_SHAPE_CREATE},
        {"notification:NotificationDetails", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_object, notification.details),
         .form = CM_FORM_TEXT, .need = CM_SHAPE_CREATE},
        {"notification:NotificationTimestamp", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_object, notification.at),
         .need = CM_SHAPE_CREATE},
        {"notification:NotificationType", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, notification.type),
         .dictionary = CM_DICTIONARY_NOTIFICATION_TYPE, .dictionary2 = CM_DICTIONARY_NOTIFICATION_TYPE_ETSI,
         .need = CM_SHAPE_CREATE},
        {"notification:StatusOfAssociatedObjects", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_states_shape},
};
static const struct cm_json_shape cm_hi1_notification_shape =
        CM_HI1_SHAPE("NotificationObject", cm_hi1_notification_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_certificate_fields[] = {
        {"encryption:X509CertificateDER", CM_SHAPE_BASE64, CM_HI1_AT(cm_hi1_certificate, der),
         .max = CM_LIMIT_CERTIFICATE_BYTES_VALUE, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_certificate_shape =
        CM_HI1_SHAPE("X509Certificate", cm_hi1_certificate_fields, cm_hi1_certificate);

static const struct cm_json_shape_field cm_hi1_x509_fields[] = {
        {"encryption:X509Certificates", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_object, encryption.certificates,
         encryption.certificate_count), .sub = &cm_hi1_certificate_shape, .need = CM_SHAPE_ALWAYS, .most = 4},
};
static const struct cm_json_shape cm_hi1_x509_shape =
        CM_HI1_SHAPE("X509EncryptionDetails", cm_hi1_x509_fields, cm_hi1_object);

static const struct cm_json_shape_field cm_hi1_encryption_fields[] = {
        CM_HI1_COMMON(CM_HI1_XSI_ENCRYPTION),
        {"encryption:EncryptionScheme", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_object, encryption.scheme),
         .dictionary = CM_DICTIONARY_ENCRYPTION_SCHEME, .need = CM_SHAPE_CREATE},
        {"encryption:X509EncryptionDetails", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_x509_shape,
         .need = CM_SHAPE_CREATE},
};
static const struct cm_json_shape cm_hi1_encryption_shape =
        CM_HI1_SHAPE("EncryptionObject", cm_hi1_encryption_fields, cm_hi1_object);

static const struct {
	const char *name; // in the ObjectType dictionary
	enum cm_dictionary dictionary;
	const char *xsi;
	const struct cm_json_shape *shape;
} cm_hi1_types[CM_HI1_TYPE_COUNT] = {
        [CM_HI1_TYPE_NONE] = {"", CM_DICTIONARY_NONE, "", NULL},
        [CM_HI1_TYPE_AUTHORISATION] = {"Authorisation", CM_DICTIONARY_OBJECT_TYPE, CM_HI1_XSI_AUTHORISATION,
                                       &cm_hi1_authorisation_shape},
        [CM_HI1_TYPE_DOCUMENT] = {"Document", CM_DICTIONARY_OBJECT_TYPE, CM_HI1_XSI_DOCUMENT, &cm_hi1_document_shape},
        [CM_HI1_TYPE_PRESERVATION] = {"LPTask", CM_DICTIONARY_OBJECT_TYPE, CM_HI1_XSI_PRESERVATION,
                                      &cm_hi1_preservation_shape},
        [CM_HI1_TYPE_DISCLOSURE] = {"LDTask", CM_DICTIONARY_OBJECT_TYPE, CM_HI1_XSI_DISCLOSURE,
                                    &cm_hi1_disclosure_shape},
        [CM_HI1_TYPE_DELIVERY] = {"Delivery", CM_DICTIONARY_OBJECT_TYPE, CM_HI1_XSI_DELIVERY, &cm_hi1_delivery_shape},
        [CM_HI1_TYPE_NOTIFICATION] = {"Notification", CM_DICTIONARY_OBJECT_TYPE, CM_HI1_XSI_NOTIFICATION,
                                      &cm_hi1_notification_shape},
        [CM_HI1_TYPE_ENCRYPTION] = {"Encryption", CM_DICTIONARY_OBJECT_TYPE_COMITY, CM_HI1_XSI_ENCRYPTION,
                                    &cm_hi1_encryption_shape},
};

// The checksum is told by the sender; a body that does not fit was damaged on the way.
static void
cm_hi1_digest_check(struct cm_json_shape_reader *reader, struct cm_view bytes, struct cm_view sha256)
{
	uint8_t digest[32];
	reader->sha256(bytes, digest);
	if (!cm_view_equal(cm_view_of(digest, sizeof digest), sha256))
		cm_json_shape_fault(reader, reader->rules->digest, "the checksum is not the SHA-256 of the contents");
}

static void
cm_hi1_body_check(struct cm_json_shape_reader *reader, const void *record)
{
	const struct cm_hi1_body *body = record;
	cm_hi1_digest_check(reader, body->contents, body->sha256);
}

static void
cm_hi1_embedded_check(struct cm_json_shape_reader *reader, const void *record)
{
	const struct cm_hi1_content *content = record;
	if (content->length != content->data.n)
		cm_json_shape_fault(reader, reader->rules->digest, "ContentLength is not the number of bytes");
	cm_hi1_digest_check(reader, content->data, content->sha256);
}

const struct cm_json_shape *
cm_hi1_object_shape(enum cm_hi1_type type)
{
	return (unsigned)type < CM_HI1_TYPE_COUNT ? cm_hi1_types[type].shape : NULL;
}

enum cm_hi1_type
cm_hi1_object_type(struct cm_view xsi_type)
{
	for (unsigned i = 1; i < CM_HI1_TYPE_COUNT; i++)
		if (cm_view_is(xsi_type, cm_hi1_types[i].xsi))
			return (enum cm_hi1_type)i;
	return CM_HI1_TYPE_NONE;
}

const char *
cm_hi1_type_name(enum cm_hi1_type type)
{
	return (unsigned)type < CM_HI1_TYPE_COUNT ? cm_hi1_types[type].name : "";
}

struct cm_hi1_entry
cm_hi1_type_entry(enum cm_hi1_type type)
{
	if ((unsigned)type >= CM_HI1_TYPE_COUNT)
		type = CM_HI1_TYPE_NONE;
	return cm_hi1_entry_of(cm_hi1_types[type].dictionary, cm_hi1_types[type].name);
}

enum cm_hi1_type
cm_hi1_type_of(struct cm_hi1_entry entry)
{
	for (unsigned i = 1; i < CM_HI1_TYPE_COUNT; i++)
		if (cm_hi1_entry_is(entry, cm_hi1_types[i].dictionary, cm_hi1_types[i].name))
			return (enum cm_hi1_type)i;
	return CM_HI1_TYPE_NONE;
}

struct cm_hi1_entry
cm_hi1_entry_of(enum cm_dictionary dictionary, const char *value)
{
	return (struct cm_hi1_entry){.dictionary = dictionary, .value = cm_view_text(value)};
}

bool
cm_hi1_entry_is(struct cm_hi1_entry entry, enum cm_dictionary dictionary, const char *value)
{
	return entry.dictionary == dictionary && cm_view_is(entry.value, value);
}

struct cm_view
cm_hi1_object_status(const struct cm_hi1_object *object)
{
	switch (object->type) {
	case CM_HI1_TYPE_AUTHORISATION:
		return object->authorisation.status.value;
	case CM_HI1_TYPE_DOCUMENT:
		return object->document.status.value;
	case CM_HI1_TYPE_PRESERVATION:
		return object->preservation.status.value;
	case CM_HI1_TYPE_DISCLOSURE:
		return object->disclosure.status.value;
	case CM_HI1_TYPE_DELIVERY:
		return object->delivery.status.value;
	case CM_HI1_TYPE_NONE:
	case CM_HI1_TYPE_NOTIFICATION:
	case CM_HI1_TYPE_ENCRYPTION:
		break;
	}
	return cm_view_of(NULL, 0);
}
