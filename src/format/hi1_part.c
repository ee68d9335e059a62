// Knows: the parts of a message around its objects: header, errors, LIST, GETCSPCONFIG, namespaces, and which rule
// each fault breaks (doc/spec/profile.md sections 5 to 7). Does not know: objects, verbs.
#include <stddef.h>

#include "base/tab_limit.h"
#include "format/hi1_shape.h"

static const struct cm_json_shape_field cm_hi1_endpoint_fields[] = {
        {"CountryCode", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_endpoint, country), .form = CM_FORM_COUNTRY,
         .need = CM_SHAPE_ALWAYS},
        {"UniqueIdentifier", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_endpoint, id), .form = CM_FORM_NAME,
         .need = CM_SHAPE_ALWAYS},
};
const struct cm_json_shape cm_hi1_endpoint_shape =
        CM_HI1_SHAPE("EndpointID", cm_hi1_endpoint_fields, cm_hi1_endpoint);

static const struct cm_json_shape_field cm_hi1_error_info_fields[] = {
        {"ErrorCode", CM_SHAPE_NUMBER, CM_HI1_AT(cm_hi1_error_info, code), .need = CM_SHAPE_ALWAYS, .max = 99999},
        {"ErrorDescription", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_error_info, text), .form = CM_FORM_TEXT,
         .need = CM_SHAPE_ALWAYS},
};
const struct cm_json_shape cm_hi1_error_info_shape =
        CM_HI1_SHAPE("ErrorInformation", cm_hi1_error_info_fields, cm_hi1_error_info);

static const struct cm_json_shape_field cm_hi1_version_fields[] = {
        {"ETSIVersion", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_header, etsi_version), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
        {"NationalProfileOwner", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_header, profile_owner), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
        {"NationalProfileVersion", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_header, profile_version), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_version_shape =
        CM_HI1_SHAPE("Version", cm_hi1_version_fields, cm_hi1_header);

static const struct cm_json_shape_field cm_hi1_header_fields[] = {
        {"ReceiverIdentifier", CM_SHAPE_INLINE, CM_HI1_AT(cm_hi1_header, receiver), .sub = &cm_hi1_endpoint_shape,
         .need = CM_SHAPE_ALWAYS},
        {"SenderIdentifier", CM_SHAPE_INLINE, CM_HI1_AT(cm_hi1_header, sender), .sub = &cm_hi1_endpoint_shape,
         .need = CM_SHAPE_ALWAYS},
        {"Timestamp", CM_SHAPE_MICRO, CM_HI1_AT(cm_hi1_header, timestamp), .need = CM_SHAPE_ALWAYS},
        {"TransactionIdentifier", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_header, transaction), .form = CM_FORM_UUID,
         .need = CM_SHAPE_ALWAYS},
        {"Version", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_version_shape, .need = CM_SHAPE_ALWAYS},
        {"WorkflowIdentifier", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_header, workflow), .form = CM_FORM_WORD},
};
const struct cm_json_shape cm_hi1_header_shape =
        CM_HI1_SHAPE("Header", cm_hi1_header_fields, cm_hi1_header);

static const struct cm_json_shape_field cm_hi1_named_fields[] = {
        {"Identifier", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_named, id), .form = CM_FORM_UUID, .need = CM_SHAPE_ALWAYS},
};
const struct cm_json_shape cm_hi1_named_shape =
        CM_HI1_SHAPE("GET", cm_hi1_named_fields, cm_hi1_named);

static const struct cm_json_shape_field cm_hi1_span_fields[] = {
        {"common:EndTime", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_list, to), .need = CM_SHAPE_ALWAYS},
        {"common:StartTime", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_list, from), .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_span_shape =
        CM_HI1_SHAPE("LastChangedTimespan", cm_hi1_span_fields, cm_hi1_list);

static const struct cm_json_shape_field cm_hi1_list_fields[] = {
        {"CountryCode", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_list, country), .form = CM_FORM_COUNTRY},
        {"LastChanged", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_list, last_changed)},
        {"LastChangedTimespan", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_span_shape},
        {"MaximumObjectCount", CM_SHAPE_NUMBER, CM_HI1_AT(cm_hi1_list, max), .max = 1000000},
        {"ObjectType", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_list, object_type), .dictionary = CM_DICTIONARY_OBJECT_TYPE,
         .dictionary2 = CM_DICTIONARY_OBJECT_TYPE_COMITY},
};
const struct cm_json_shape cm_hi1_list_shape =
        CM_HI1_SHAPE("LIST", cm_hi1_list_fields, cm_hi1_list);

static const struct cm_json_shape_field cm_hi1_listed_fields[] = {
        {"CountryCode", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_listed, country), .form = CM_FORM_COUNTRY},
        {"ExternalIdentifier", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_listed, external_id), .form = CM_FORM_LONG},
        {"Generation", CM_SHAPE_NUMBER, CM_HI1_AT(cm_hi1_listed, generation), .need = CM_SHAPE_ALWAYS},
        {"Identifier", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_listed, id), .form = CM_FORM_UUID, .need = CM_SHAPE_ALWAYS},
        {"LastChanged", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_listed, last_changed), .need = CM_SHAPE_ALWAYS},
        {"ObjectType", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_listed, object_type),
         .dictionary = CM_DICTIONARY_OBJECT_TYPE, .dictionary2 = CM_DICTIONARY_OBJECT_TYPE_COMITY,
         .need = CM_SHAPE_ALWAYS},
        {"OwnerIdentifier", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_listed, owner), .form = CM_FORM_NAME},
};
static const struct cm_json_shape cm_hi1_listed_shape =
        CM_HI1_SHAPE("ListResponseRecord", cm_hi1_listed_fields, cm_hi1_listed);

static const struct cm_json_shape_field cm_hi1_listing_fields[] = {
        {"ListResponseRecord", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_listing, listed, listed_count),
         .sub = &cm_hi1_listed_shape, .most = CM_LIMIT_LIST_RECORDS_VALUE},
};
const struct cm_json_shape cm_hi1_listing_shape =
        CM_HI1_SHAPE("LISTResponse", cm_hi1_listing_fields, cm_hi1_listing);

static const struct cm_json_shape_field cm_hi1_meaning_fields[] = {
        {"dictionaries:Meaning", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_meaning, meaning), .form = CM_FORM_LONG,
         .need = CM_SHAPE_ALWAYS},
        {"dictionaries:Value", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_meaning, value), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_meaning_shape =
        CM_HI1_SHAPE("DictionaryEntry", cm_hi1_meaning_fields, cm_hi1_meaning);

static const struct cm_json_shape_field cm_hi1_meanings_fields[] = {
        {"dictionaries:DictionaryEntry", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_own_dictionary, entries, entry_count),
         .sub = &cm_hi1_meaning_shape, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_meanings_shape =
        CM_HI1_SHAPE("DictionaryEntries", cm_hi1_meanings_fields, cm_hi1_own_dictionary);

static const struct cm_json_shape_field cm_hi1_own_dictionary_fields[] = {
        {"dictionaries:DictionaryEntries", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_meanings_shape,
         .need = CM_SHAPE_ALWAYS},
        {"dictionaries:Name", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_own_dictionary, name), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
        {"dictionaries:Owner", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_own_dictionary, owner), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_own_dictionary_shape =
        CM_HI1_SHAPE("Dictionary", cm_hi1_own_dictionary_fields, cm_hi1_own_dictionary);

static const struct cm_json_shape_field cm_hi1_own_dictionaries_fields[] = {
        {"dictionaries:Dictionary", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_config, dictionaries, dictionary_count),
         .sub = &cm_hi1_own_dictionary_shape, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_own_dictionaries_shape =
        CM_HI1_SHAPE("Dictionaries", cm_hi1_own_dictionaries_fields, cm_hi1_config);

static const struct cm_json_shape_field cm_hi1_format_fields[] = {
        {"config:Description", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_format, description), .form = CM_FORM_LONG,
         .need = CM_SHAPE_ALWAYS},
        {"config:FormatName", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_format, name), .form = CM_FORM_WORD,
         .need = CM_SHAPE_ALWAYS},
        {"config:FormatRegex", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_format, regex), .form = CM_FORM_LONG,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_format_shape =
        CM_HI1_SHAPE("TargetFormatTypeDefinitionEntry", cm_hi1_format_fields, cm_hi1_format);

static const struct cm_json_shape_field cm_hi1_formats_fields[] = {
        {"config:TargetFormatTypeDefinitionEntry", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_config, formats,
         format_count), .sub = &cm_hi1_format_shape, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_formats_shape =
        CM_HI1_SHAPE("TargetFormatTypeDefinitionEntries", cm_hi1_formats_fields, cm_hi1_config);

static const struct cm_json_shape_field cm_hi1_format_definitions_fields[] = {
        {"config:FormatOwner", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_config, format_owner), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
        {"config:TargetFormatTypeDefinitionEntries", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_formats_shape,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_format_definitions_shape =
        CM_HI1_SHAPE("TargetFormatTypeDefinitions", cm_hi1_format_definitions_fields, cm_hi1_config);

static const struct cm_json_shape_field cm_hi1_ld_types_fields[] = {
        {"common:DictionaryEntry", CM_SHAPE_ENTRY, CM_HI1_LIST(cm_hi1_targeting, disclosure_types,
         disclosure_type_count), .dictionary = CM_DICTIONARY_REQUEST_TYPE, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_ld_types_shape =
        CM_HI1_SHAPE("DictionaryEntries", cm_hi1_ld_types_fields, cm_hi1_targeting);

static const struct cm_json_shape_field cm_hi1_ld_subtypes_fields[] = {
        {"common:DictionaryEntry", CM_SHAPE_ENTRY, CM_HI1_LIST(cm_hi1_targeting, disclosure_subtypes,
         disclosure_subtype_count), .dictionary = CM_DICTIONARY_REQUEST_SUBTYPE, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_ld_subtypes_shape =
        CM_HI1_SHAPE("DictionaryEntries", cm_hi1_ld_subtypes_fields, cm_hi1_targeting);

static const struct cm_json_shape_field cm_hi1_lp_types_fields[] = {
        {"common:DictionaryEntry", CM_SHAPE_ENTRY, CM_HI1_LIST(cm_hi1_targeting, preservation_types,
         preservation_type_count), .dictionary = CM_DICTIONARY_REQUEST_TYPE, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_lp_types_shape =
        CM_HI1_SHAPE("DictionaryEntries", cm_hi1_lp_types_fields, cm_hi1_targeting);

static const struct cm_json_shape_field cm_hi1_lp_subtypes_fields[] = {
        {"common:DictionaryEntry", CM_SHAPE_ENTRY, CM_HI1_LIST(cm_hi1_targeting, preservation_subtypes,
         preservation_subtype_count), .dictionary = CM_DICTIONARY_REQUEST_SUBTYPE, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_lp_subtypes_shape =
        CM_HI1_SHAPE("DictionaryEntries", cm_hi1_lp_subtypes_fields, cm_hi1_targeting);

static const struct cm_json_shape_field cm_hi1_targeting_fields[] = {
        {"config:AssociatedLDRequestSubtypes", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_ld_subtypes_shape},
        {"config:AssociatedLDRequestTypes", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_ld_types_shape},
        {"config:AssociatedLPRequestSubtypes", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_lp_subtypes_shape},
        {"config:AssociatedLPRequestTypes", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_lp_types_shape},
        {"config:FormatName", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_targeting, format_name), .form = CM_FORM_WORD,
         .need = CM_SHAPE_ALWAYS},
        {"config:FormatOwner", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_targeting, format_owner), .form = CM_FORM_LINE,
         .need = CM_SHAPE_ALWAYS},
        {"config:Guidance", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_targeting, guidance), .form = CM_FORM_LONG},
};
static const struct cm_json_shape cm_hi1_targeting_shape =
        CM_HI1_SHAPE("TargetingConfiguration", cm_hi1_targeting_fields, cm_hi1_targeting);

static const struct cm_json_shape_field cm_hi1_targetings_fields[] = {
        {"config:TargetingConfiguration", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_config, targetings, targeting_count),
         .sub = &cm_hi1_targeting_shape, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_targetings_shape =
        CM_HI1_SHAPE("TargetingConfigurations", cm_hi1_targetings_fields, cm_hi1_config);

static const struct cm_json_shape_field cm_hi1_lp_workflow_fields[] = {
        {"config:Guidance", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_workflow, guidance), .form = CM_FORM_LONG},
        {"config:LPWorkflowEndpoint", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_workflow, endpoint),
         .dictionary = CM_DICTIONARY_LP_WORKFLOW, .need = CM_SHAPE_ALWAYS},
        {"config:URL", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_workflow, url), .form = CM_FORM_URL, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_lp_workflow_shape =
        CM_HI1_SHAPE("SupportedLPWorkflowEndpoint", cm_hi1_lp_workflow_fields, cm_hi1_workflow);

static const struct cm_json_shape_field cm_hi1_ld_workflow_fields[] = {
        {"config:Guidance", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_workflow, guidance), .form = CM_FORM_LONG},
        {"config:LDWorkflowEndpoint", CM_SHAPE_ENTRY, CM_HI1_AT(cm_hi1_workflow, endpoint),
         .dictionary = CM_DICTIONARY_LD_WORKFLOW, .need = CM_SHAPE_ALWAYS},
        {"config:URL", CM_SHAPE_TEXT, CM_HI1_AT(cm_hi1_workflow, url), .form = CM_FORM_URL, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_ld_workflow_shape =
        CM_HI1_SHAPE("SupportedLDWorkflowEndpoint", cm_hi1_ld_workflow_fields, cm_hi1_workflow);

static const struct cm_json_shape_field cm_hi1_lp_workflows_fields[] = {
        {"config:SupportedLPWorkflowEndpoint", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_config, preservation_workflows,
         preservation_workflow_count), .sub = &cm_hi1_lp_workflow_shape, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_lp_workflows_shape =
        CM_HI1_SHAPE("SupportedLPWorkflowEndpoints", cm_hi1_lp_workflows_fields, cm_hi1_config);

static const struct cm_json_shape_field cm_hi1_ld_workflows_fields[] = {
        {"config:SupportedLDWorkflowEndpoint", CM_SHAPE_INLINE, CM_HI1_LIST(cm_hi1_config, disclosure_workflows,
         disclosure_workflow_count), .sub = &cm_hi1_ld_workflow_shape, .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_hi1_ld_workflows_shape =
        CM_HI1_SHAPE("SupportedLDWorkflowEndpoints", cm_hi1_ld_workflows_fields, cm_hi1_config);

static const struct cm_json_shape_field cm_hi1_config_fields[] = {
        {"Dictionaries", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_own_dictionaries_shape},
        {"LastChanged", CM_SHAPE_TIME, CM_HI1_AT(cm_hi1_config, last_changed), .need = CM_SHAPE_ALWAYS},
        {"SupportedLDWorkflowEndpoints", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_ld_workflows_shape},
        {"SupportedLPWorkflowEndpoints", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_lp_workflows_shape},
        {"TargetFormatTypeDefinitions", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_format_definitions_shape},
        {"TargetingConfigurations", CM_SHAPE_INLINE, .at = 0, .sub = &cm_hi1_targetings_shape,
         .need = CM_SHAPE_ALWAYS},
};
const struct cm_json_shape cm_hi1_config_shape =
        CM_HI1_SHAPE("GETCSPCONFIGResponse", cm_hi1_config_fields, cm_hi1_config);

// A fault around the actions refuses the whole message …
const struct cm_json_shape_rules cm_hi1_envelope_rules = {
        .missing = CM_ERROR_HI1_NOT_A_MESSAGE,
        .unknown = CM_ERROR_HI1_NOT_A_MESSAGE,
        .value = CM_ERROR_HI1_NOT_A_MESSAGE,
        .entry = CM_ERROR_HI1_NOT_A_MESSAGE,
        .identifier = CM_ERROR_HI1_NOT_A_MESSAGE,
        .never = CM_ERROR_HI1_NOT_A_MESSAGE,
        .digest = CM_ERROR_HI1_NOT_A_MESSAGE,
        .size = CM_ERROR_HI1_TOO_LARGE,
};

// … one inside an action that action.
const struct cm_json_shape_rules cm_hi1_action_rules = {
        .missing = CM_ERROR_HI1_CONTENTS_MISSING,
        .unknown = CM_ERROR_HI1_CONTENT_INVALID,
        .value = CM_ERROR_HI1_CONTENT_INVALID,
        .entry = CM_ERROR_HI1_DICTIONARY_VALUE,
        .identifier = CM_ERROR_HI1_IDENTIFIER_INVALID,
        .never = CM_ERROR_HI1_NOT_YOURS,
        .digest = CM_ERROR_HI1_DOCUMENT_INVALID,
        .size = CM_ERROR_HI1_CONTENT_INVALID,
};

const struct cm_hi1_namespace cm_hi1_namespaces[CM_HI1_NAMESPACES] = {
        {"@xmlns", "", "http://uri.etsi.org/03120/common/2019/10/Core"},
        {"@xmlns:auth", "auth:", "http://uri.etsi.org/03120/common/2020/09/Authorisation"},
        {"@xmlns:common", "common:", "http://uri.etsi.org/03120/common/2016/02/Common"},
        {"@xmlns:config", "config:", "http://uri.etsi.org/03120/common/2024/06/Config"},
        {"@xmlns:delivery", "delivery:", "http://uri.etsi.org/03120/common/2019/10/Delivery"},
        {"@xmlns:dictionaries", "dictionaries:", "http://uri.etsi.org/03120/common/2019/10/Dictionaries"},
        {"@xmlns:doc", "doc:", "http://uri.etsi.org/03120/common/2020/09/Document"},
        {"@xmlns:encryption", "encryption:", "http://uri.etsi.org/03120/common/2026/01/Encryption"},
        {"@xmlns:notification", "notification:", "http://uri.etsi.org/03120/common/2016/02/Notification"},
        {"@xmlns:task", "task:", "http://uri.etsi.org/03120/common/2020/09/Task"},
        {"@xmlns:xsi", "", "http://www.w3.org/2001/XMLSchema-instance"},
};

// In canonical bytes a member name stands behind "{" or "," and before ":"; quotes inside texts are escaped.
unsigned
cm_hi1_prefixes(struct cm_view canonical)
{
	unsigned used = 0;
	for (size_t at = cm_view_find(canonical, 1, '"'); at < canonical.n; at = cm_view_find(canonical, at + 1, '"')) {
		if (canonical.p[at - 1] != '{' && canonical.p[at - 1] != ',')
			continue;
		struct cm_view name = cm_view_part(canonical, at + 1, canonical.n);
		for (unsigned i = 0; i < CM_HI1_NAMESPACES && name.n > 0; i++)
			if (name.p[0] == (uint8_t)cm_hi1_namespaces[i].prefix[0] &&
			    cm_view_starts(name, cm_hi1_namespaces[i].prefix))
				used |= 1u << i;
	}
	return used;
}
