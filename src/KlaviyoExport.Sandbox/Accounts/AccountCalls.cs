using System.Text.Json;
using KlaviyoExport.Sandbox.Calls;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.RateLimits;

namespace KlaviyoExport.Sandbox.Accounts;

internal static class AccountCalls
{
    private static readonly string[] Address = ["address1", "address2", "city", "region", "country", "zip"];

    private static readonly string[] Contact =
    [
        "default_sender_name",
        "default_sender_email",
        "website_url",
        "organization_name",
        "street_address",
        .. Address.Select(a => $"street_address.{a}"),
    ];

    public static IReadOnlyList<Call> All { get; } =
    [
        new(
            "get_accounts",
            "GET",
            "/api/accounts",
            Quota.XSmall,
            [Scopes.AccountsRead],
            new QueryRules
            {
                Fields = new Dictionary<string, IReadOnlyList<string>>
                {
                    ["account"] =
                    [
                        "id",
                        "test_account",
                        "industry",
                        "timezone",
                        "preferred_currency",
                        "public_api_key",
                        "locale",
                        "contact_information",
                        .. Contact.Select(c => $"contact_information.{c}"),
                    ],
                },
            },
            Get
        ),
    ];

    private static Answer Get(CallContext call) =>
        call.Collection(
            Page<Account>.Of([call.Account], 1, null, "accounts"),
            (json, account) => Write(json, account.Seed, call.Query.FieldsOf("account"), call.BaseUri)
        );

    private static void Write(Utf8JsonWriter json, AccountSeed account, FieldSet fields, string baseUri)
    {
        json.WriteStartObject();
        json.WriteString("type", "account");
        json.WriteString("id", account.Id);
        json.WriteStartObject("attributes");
        if (fields.Includes("test_account"))
            json.WriteBoolean("test_account", account.TestAccount);
        if (fields.Touches("contact_information"))
            WriteContact(json, account, fields.Within("contact_information"));
        if (fields.Includes("industry"))
            json.WriteString("industry", "Practice");
        if (fields.Includes("timezone"))
            json.WriteString("timezone", account.TimeZone);
        if (fields.Includes("preferred_currency"))
            json.WriteString("preferred_currency", account.Currency);
        if (fields.Includes("public_api_key"))
            json.WriteString("public_api_key", account.Id);
        if (fields.Includes("locale"))
            json.WriteString("locale", "en-US");
        json.WriteEndObject();
        json.WriteSelf($"{baseUri}/api/accounts/{account.Id}/");
        json.WriteEndObject();
    }

    private static void WriteContact(Utf8JsonWriter json, AccountSeed account, FieldSet fields)
    {
        json.WriteStartObject("contact_information");
        if (fields.Includes("default_sender_name"))
            json.WriteString("default_sender_name", account.OrganizationName);
        if (fields.Includes("default_sender_email"))
            json.WriteString("default_sender_email", "contact@practice.example");
        if (fields.Includes("website_url"))
            json.WriteString("website_url", "https://practice.example");
        if (fields.Includes("organization_name"))
            json.WriteString("organization_name", account.OrganizationName);
        if (fields.Touches("street_address"))
        {
            json.WriteStartObject("street_address");
            foreach (var part in Address.Where(fields.Within("street_address").Includes))
                json.WriteNull(part);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
