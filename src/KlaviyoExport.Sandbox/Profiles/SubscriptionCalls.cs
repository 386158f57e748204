using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Calls;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.Lists;
using KlaviyoExport.Sandbox.RateLimits;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>
/// The call that an export must never make. It works like Klaviyo's and changes consent, so that a client that makes it is detected.
/// </summary>
internal static class SubscriptionCalls
{
    public static IReadOnlyList<Call> All { get; } =
    [
        new(
            "bulk_subscribe_profiles",
            "POST",
            "/api/profile-subscription-bulk-create-jobs",
            Quota.Large,
            [Scopes.ListsWrite, Scopes.ProfilesWrite, Scopes.SubscriptionsWrite],
            QueryRules.None,
            Subscribe
        )
        {
            MaxBody = ImportMaxBytes,
        },
        new(
            "get_bulk_suppress_profiles_job",
            "GET",
            "/api/profile-suppression-bulk-create-jobs/{id}",
            Quota.Large,
            [Scopes.SubscriptionsRead],
            new QueryRules
            {
                Fields = new Dictionary<string, IReadOnlyList<string>>
                {
                    ["profile-suppression-bulk-create-job"] =
                    [
                        "completed_at",
                        "completed_count",
                        "created_at",
                        "id",
                        "skipped_count",
                        "status",
                        "total_count",
                    ],
                },
            },
            call => throw new Refusal(ApiError.NotFound($"A job with id {call.Route["id"]} does not exist."))
        ),
    ];

    private const int ImportMaxBytes = 5_000_000;

    private const int MaxProfiles = 1_000;

    private const string Pointer = "/data/attributes/profiles";

    private static Answer Subscribe(CallContext call)
    {
        using var body = JsonBody.Parse(call.Body);
        var data = JsonBody.Resource(body, "profile-subscription-bulk-create-job", "attributes", "relationships");
        var attributes = JsonBody.Member(data, "attributes", "/data/attributes", JsonValueKind.Object);
        var profiles = JsonBody.Member(
            JsonBody.Member(attributes, "profiles", Pointer, JsonValueKind.Object),
            "data",
            $"{Pointer}/data",
            JsonValueKind.Array
        );
        if (profiles.GetArrayLength() is 0 or > MaxProfiles)
            throw new Refusal(ApiError.Invalid("Give 1 to 1000 profiles.", $"{Pointer}/data"));
        var list = ListOf(call, data);
        var errors = new List<ApiError>();
        foreach (var (profile, index) in profiles.EnumerateArray().Select((profile, index) => (profile, index)))
            Check(profile, FormattableString.Invariant($"{Pointer}/data/{index}"), errors);
        if (errors.Count > 0)
            throw new Refusal(errors);
        foreach (var profile in profiles.EnumerateArray())
            Apply(call, profile, list);
        return new Answer(202, default) { Count = profiles.GetArrayLength() };
    }

    private static SandboxList? ListOf(CallContext call, JsonElement data)
    {
        if (!data.TryGetProperty("relationships", out var relationships))
            return null;
        const string at = "/data/relationships/list";
        var id = JsonBody
            .Member(
                JsonBody.Member(
                    JsonBody.Member(relationships, "list", at, JsonValueKind.Object),
                    "data",
                    $"{at}/data",
                    JsonValueKind.Object
                ),
                "id",
                $"{at}/data/id",
                JsonValueKind.String
            )
            .GetString()!;
        return call.Account.List(id) ?? throw new Refusal(ApiError.NotFound($"A list with id {id} does not exist.", $"{at}/data/id"));
    }

    private static void Check(JsonElement profile, string pointer, List<ApiError> errors)
    {
        if (
            profile.ValueKind != JsonValueKind.Object
            || !profile.TryGetProperty("attributes", out var attributes)
            || attributes.ValueKind != JsonValueKind.Object
        )
        {
            errors.Add(ApiError.Invalid("This field is required.", $"{pointer}/attributes"));
            return;
        }
        var (email, phone) = (ProfileAttributes.Text(attributes, "email"), ProfileAttributes.Text(attributes, "phone_number"));
        if (email is null && phone is null)
            errors.Add(ApiError.Invalid("One of email or phone_number is required.", $"{pointer}/attributes"));
        if (email is not null && !EmailRule.IsValid(email))
            errors.Add(ApiError.Invalid("Invalid email address", $"{pointer}/attributes/email"));
        if (phone is not null && !PhoneRule.IsValid(phone))
            errors.Add(ApiError.Invalid(ProfileRules.InvalidPhone, $"{pointer}/attributes/phone_number"));
        if (!attributes.TryGetProperty("subscriptions", out var subscriptions) || subscriptions.ValueKind != JsonValueKind.Object)
            errors.Add(ApiError.Invalid("This field is required.", $"{pointer}/attributes/subscriptions"));
    }

    private static void Apply(CallContext call, JsonElement profile, SandboxList? list)
    {
        var attributes = profile.GetProperty("attributes");
        var (email, phone) = (ProfileAttributes.Text(attributes, "email"), ProfileAttributes.Text(attributes, "phone_number"));
        var row =
            (email is null ? null : call.Account.Profiles.Find(Identifier.Email, email))
            ?? (phone is null ? null : call.Account.Profiles.Find(Identifier.PhoneNumber, phone))
            ?? call.Account.AddProfile(
                new StoredProfile(
                    StoredProfile.Pack(email is null ? null : EmailRule.Normalise(email), phone, null, "{}"u8),
                    call.Now.ToUnixTimeMilliseconds(),
                    call.Now.ToUnixTimeMilliseconds()
                )
            );
        var subscriptions = attributes.GetProperty("subscriptions");
        var consent = call.Account.ConsentOf(row);
        // On a double opt-in list a profile is subscribed only after it confirms. Practice profiles never confirm.
        if (subscriptions.TryGetProperty("email", out _) && list?.DoubleOptIn != true)
            consent = consent with
            {
                Email = Consent.Given,
                EmailAt = call.Now,
                Method = "API",
                DoubleOptIn = false,
                Suppression = consent.Suppression is "UNSUBSCRIBE" or "SPAM_COMPLAINT" or "USER_SUPPRESSED" ? null : consent.Suppression,
                SuppressedAt = null,
            };
        if (subscriptions.TryGetProperty("sms", out _))
            consent = consent with { Sms = Consent.Given, SmsAt = call.Now };
        call.Account.SetConsent(row, consent);
        if (list is not null && !list.DoubleOptIn)
            call.Account.Join(list, row, call.Now);
    }
}
