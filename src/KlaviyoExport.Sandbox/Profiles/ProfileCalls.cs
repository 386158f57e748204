using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Calls;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.RateLimits;

namespace KlaviyoExport.Sandbox.Profiles;

internal static class ProfileCalls
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Additional = new() { ["profile"] = ProfileFields.Additional };

    private static readonly string[] Equal = ["any", "equals"];

    private static readonly string[] Compared = ["greater-or-equal", "greater-than", "less-or-equal", "less-than"];

    public static IReadOnlyList<Call> All { get; } =
    [
        new(
            "get_profiles",
            "GET",
            "/api/profiles",
            Quota.Large,
            [Scopes.ProfilesRead],
            new QueryRules
            {
                Fields = new Dictionary<string, IReadOnlyList<string>> { ["profile"] = ProfileFields.All },
                Additional = Additional,
                Sort = ["created", "email", "id", "updated"],
                Filters = new Dictionary<string, IReadOnlyList<string>>
                {
                    ["id"] = Equal,
                    ["email"] = Equal,
                    ["phone_number"] = Equal,
                    ["external_id"] = Equal,
                    ["_kx"] = ["equals"],
                    ["created"] = ["greater-than", "less-than"],
                    ["updated"] = ["greater-than", "less-than"],
                    ["subscriptions.email.marketing.suppression.reason"] = ["equals"],
                    ["subscriptions.email.marketing.suppression.timestamp"] = Compared,
                },
                Page = (20, 100),
            },
            GetAll
        )
        {
            Dearer = ("additional-fields[profile]", "predictive_analytics", Quota.Medium),
        },
        new(
            "create_profile",
            "POST",
            "/api/profiles",
            Quota.Large,
            [Scopes.ProfilesWrite],
            new QueryRules
            {
                Fields = new Dictionary<string, IReadOnlyList<string>> { ["profile"] = ProfileFields.All },
                Additional = Additional,
            },
            Create
        )
        {
            MaxBody = 100_000,
        },
        new(
            "create_or_update_profile",
            "POST",
            "/api/profile-import",
            Quota.Large,
            [Scopes.ProfilesWrite],
            new QueryRules
            {
                Fields = new Dictionary<string, IReadOnlyList<string>> { ["profile"] = ProfileFields.All },
                Additional = Additional,
            },
            Upsert
        )
        {
            MaxBody = 100_000,
        },
    ];

    private static Answer GetAll(CallContext call)
    {
        var writer = new ProfileWriter(call.Account, call.BaseUri, call.Query.FieldsOf("profile"), call.Query.AdditionalOf("profile"));
        var sort = call.Query.Sort ?? "created";
        var rows = Sorted(
            call.Account.Profiles,
            Candidates(call).Where(row => call.Query.Filters.All(f => Matches(call.Account, row, f))),
            sort
        );
        var scope = $"profiles {sort}";
        return call.Collection(
            Page<int>.Of(rows, call.Query.PageSize, call.Query.Cursor(scope), scope),
            (json, row) => writer.Write(json, row)
        );
    }

    /// <summary>
    /// Returns the rows that a filter by identifier selects, so that a lookup of a hundred profiles does not read a million.
    /// </summary>
    private static IEnumerable<int> Candidates(CallContext call)
    {
        var profiles = call.Account.Profiles;
        foreach (var filter in call.Query.Filters)
        {
            Func<string, int?>? find = filter.Field switch
            {
                "id" => profiles.FindId,
                "email" => value => profiles.Find(Identifier.Email, value),
                "phone_number" => value => profiles.Find(Identifier.PhoneNumber, value),
                "external_id" => value => profiles.Find(Identifier.ExternalId, value),
                _ => null,
            };
            if (find is not null)
                return filter.Values.Select(find).OfType<int>().Distinct().Order();
        }
        return Enumerable.Range(0, profiles.Count);
    }

    private static bool Matches(Account account, int row, Filter filter)
    {
        var profile = account.Profiles[row];
        return filter.Field switch
        {
            "id" => filter.Matches(account.Profiles.IdOf(row)),
            "email" => filter.Matches(profile.Email, StringComparison.OrdinalIgnoreCase),
            "phone_number" => filter.Matches(profile.PhoneNumber),
            "external_id" => filter.Matches(profile.ExternalId),
            "created" => filter.Matches(profile.Created),
            "updated" => filter.Matches(profile.Updated),
            "subscriptions.email.marketing.suppression.reason" => filter.Matches(account.ConsentOf(row).Suppression),
            "subscriptions.email.marketing.suppression.timestamp" => account.ConsentOf(row).SuppressedAt is { } at && filter.Matches(at),
            _ => false,
        };
    }

    private static int[] Sorted(ProfileStore profiles, IEnumerable<int> rows, string sort)
    {
        // Rows are numbered in the order of creation, and IDs sort by that time, so most orders need no sorting.
        int[] sorted = sort.TrimStart('-') switch
        {
            "email" => [.. rows.OrderBy(r => profiles[r].Email, StringComparer.Ordinal)],
            "updated" => [.. rows.OrderBy(r => profiles[r].UpdatedMs).ThenBy(r => r)],
            "id" => [.. rows.OrderBy(profiles.IdOf, StringComparer.Ordinal)],
            _ => [.. rows],
        };
        if (sort.StartsWith('-'))
            Array.Reverse(sorted);
        return sorted;
    }

    private static Answer Create(CallContext call)
    {
        using var body = JsonBody.Parse(call.Body);
        var data = Checked(body);
        foreach (var member in data.EnumerateObject())
            if (member.Name is not ("type" or "attributes"))
                throw new Refusal(
                    ApiError.Invalid($"'{member.Name}' is not a valid field for the resource 'profile'.", $"/data/{member.Name}")
                );
        if (ProfileUpsert.Existing(call.Account, data) is { } existing)
            throw new Refusal(ProfileUpsert.Conflict(call.Account.Profiles.IdOf(existing), "/data"));
        return Write(call, data);
    }

    private static Answer Upsert(CallContext call)
    {
        using var body = JsonBody.Parse(call.Body);
        return Write(call, Checked(body));
    }

    private static JsonElement Checked(JsonDocument body)
    {
        var errors = new List<ApiError>();
        if (!body.RootElement.TryGetProperty("data", out var data))
            throw new Refusal(ApiError.Invalid("This field is required.", "/data"));
        ProfileRules.Check(data, "/data", errors);
        return errors.Count == 0 ? data : throw new Refusal(errors);
    }

    private static Answer Write(CallContext call, JsonElement data)
    {
        var (row, created, error) = ProfileUpsert.Apply(call.Account, data, "/data", nullClears: true, call.Now);
        if (error is not null)
            throw new Refusal(error);
        var writer = new ProfileWriter(call.Account, call.BaseUri, call.Query.FieldsOf("profile"), call.Query.AdditionalOf("profile"));
        return call.Single(created ? 201 : 200, json => writer.Write(json, row), count: 1);
    }
}
