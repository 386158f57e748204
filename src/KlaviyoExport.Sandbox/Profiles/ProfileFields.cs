namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>The allowed names in <c>fields[profile]</c>, according to the OpenAPI slices.</summary>
internal static class ProfileFields
{
    public static IReadOnlyList<string> Additional { get; } = ["subscriptions", "predictive_analytics"];

    public static IReadOnlyList<string> All { get; } =
    [
        "id",
        "email",
        "phone_number",
        "external_id",
        .. ProfileAttributes.Texts,
        "created",
        "updated",
        "last_event_date",
        "properties",
        .. Parts("location", [.. ProfileAttributes.LocationTexts, .. ProfileAttributes.LocationNumbers]),
        .. Parts(
            "predictive_analytics",
            [
                "average_days_between_orders",
                "average_order_value",
                "churn_probability",
                "expected_date_of_next_order",
                "historic_clv",
                "historic_number_of_orders",
                "predicted_clv",
                "predicted_number_of_orders",
                "ranked_channel_affinity",
                "total_clv",
            ]
        ),
        "subscriptions",
        .. Parts("subscriptions.email", []),
        .. Parts(
            "subscriptions.email.marketing",
            [
                "can_receive_email_marketing",
                "consent",
                "consent_timestamp",
                "custom_method_detail",
                "double_optin",
                "last_updated",
                "list_suppressions",
                "method",
                "method_detail",
                "suppression",
            ]
        ),
        .. Parts("subscriptions.email.open_tracking", Channel),
        .. Parts("subscriptions.mobile_push", []),
        .. Parts("subscriptions.mobile_push.marketing", ["can_receive_push_marketing", "consent", "consent_timestamp"]),
        .. Parts("subscriptions.sms", []),
        .. Parts("subscriptions.sms.marketing", ["can_receive_sms_marketing", .. Sms]),
        .. Parts("subscriptions.sms.transactional", ["can_receive_sms_transactional", .. Sms]),
        .. Parts("subscriptions.whatsapp", []),
        .. Parts("subscriptions.whatsapp.conversational", [.. Channel, "phone_number"]),
        .. Parts("subscriptions.whatsapp.marketing", [.. Channel, "phone_number"]),
        .. Parts("subscriptions.whatsapp.transactional", [.. Channel, "phone_number"]),
    ];

    public static IReadOnlyList<string> OfMember { get; } = [.. All, "joined_group_at"];

    private static string[] Sms => ["consent", "consent_timestamp", "last_updated", "method", "method_detail"];

    private static string[] Channel =>
        ["can_receive", "consent", "consent_timestamp", "created_timestamp", "last_updated", "metadata", "valid_until"];

    private static IEnumerable<string> Parts(string name, IEnumerable<string> parts) =>
        parts.Select(part => $"{name}.{part}").Prepend(name);
}
