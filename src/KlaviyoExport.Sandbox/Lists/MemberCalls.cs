using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Calls;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.Profiles;
using KlaviyoExport.Sandbox.RateLimits;

namespace KlaviyoExport.Sandbox.Lists;

internal static class MemberCalls
{
    private const int MaxIds = 1_000;

    private static readonly QueryRules Paged = new()
    {
        Sort = ["joined_group_at"],
        Filters = new Dictionary<string, IReadOnlyList<string>>
        {
            ["email"] = ["any", "equals"],
            ["phone_number"] = ["any", "equals"],
            ["push_token"] = ["any", "equals"],
            ["_kx"] = ["equals"],
            ["joined_group_at"] = ["greater-or-equal", "greater-than", "less-or-equal", "less-than"],
        },
        Page = (20, 100),
    };

    public static IReadOnlyList<Call> All { get; } =
    [
        new(
            "get_profiles_for_list",
            "GET",
            "/api/lists/{id}/profiles",
            Quota.Large,
            [Scopes.ListsRead, Scopes.ProfilesRead],
            Paged with
            {
                Fields = new Dictionary<string, IReadOnlyList<string>> { ["profile"] = ProfileFields.OfMember },
                Additional = new Dictionary<string, IReadOnlyList<string>> { ["profile"] = ProfileFields.Additional },
            },
            GetProfiles
        )
        {
            Dearer = ("additional-fields[profile]", "predictive_analytics", Quota.Medium),
        },
        new(
            "get_profile_ids_for_list",
            "GET",
            "/api/lists/{id}/relationships/profiles",
            Quota.Large,
            [Scopes.ListsRead, Scopes.ProfilesRead],
            Paged,
            GetIds
        ),
        new(
            "add_profiles_to_list",
            "POST",
            "/api/lists/{id}/relationships/profiles",
            Quota.Medium,
            [Scopes.ListsWrite, Scopes.ProfilesWrite],
            QueryRules.None,
            call => Change(call, add: true)
        )
        {
            MaxBody = 500_000,
        },
        new(
            "remove_profiles_from_list",
            "DELETE",
            "/api/lists/{id}/relationships/profiles",
            Quota.Medium,
            [Scopes.ListsWrite, Scopes.ProfilesWrite],
            QueryRules.None,
            call => Change(call, add: false)
        )
        {
            MaxBody = 500_000,
        },
    ];

    private static Answer GetProfiles(CallContext call)
    {
        var writer = new ProfileWriter(call.Account, call.BaseUri, call.Query.FieldsOf("profile"), call.Query.AdditionalOf("profile"));
        return call.Collection(Members(call), (json, member) => writer.Write(json, member.Row, member.Joined));
    }

    private static Answer GetIds(CallContext call) =>
        call.Collection(
            Members(call),
            (json, member) =>
            {
                json.WriteStartObject();
                json.WriteString("type", "profile");
                json.WriteString("id", call.Account.Profiles.IdOf(member.Row));
                json.WriteEndObject();
            }
        );

    private static Page<Member> Members(CallContext call)
    {
        var list = ListCalls.Find(call);
        var newestFirst = call.Query.Sort == "-joined_group_at";
        var scope = $"{list.Id} {(newestFirst ? "new" : "old")}";
        var chosen = Chosen(call.Account, list, call.Query.Filters);
        return Page<Member>.Take(
            (beyond, forward) =>
                Read(list, chosen, beyond, forward != newestFirst)
                    .Where(m => call.Query.Filters.All(f => f.Field != "joined_group_at" || f.Matches(m.Item.Joined))),
            call.Query.PageSize,
            call.Query.Cursor(scope),
            scope
        );
    }

    private static IEnumerable<(long Position, Member Item)> Read(SandboxList list, SortedSet<int>? chosen, long? beyond, bool forward)
    {
        if (chosen is null)
            return list.Members.Read(beyond, forward);
        var places = chosen.Where(place => beyond is null || (forward ? place > beyond : place < beyond));
        return (forward ? places : places.Reverse()).Select(place => ((long, Member))list.Members.Read(place - 1L, true).First());
    }

    /// <summary>
    /// Returns the positions of the members that a filter selects. Null without a filter. Practice profiles have no push tokens and no
    /// <c>_kx</c>.
    /// </summary>
    private static SortedSet<int>? Chosen(Account account, SandboxList list, IReadOnlyList<Filter> filters)
    {
        SortedSet<int>? chosen = null;
        foreach (var filter in filters.Where(f => f.Field != "joined_group_at"))
        {
            var identifier = filter.Field switch
            {
                "email" => Identifier.Email,
                "phone_number" => Identifier.PhoneNumber,
                _ => (Identifier?)null,
            };
            var places = identifier is { } by
                ? filter.Values.Select(v => account.Profiles.Find(by, v)).OfType<int>().Select(list.Members.PlaceOf).OfType<int>()
                : [];
            if (chosen is null)
                chosen = [.. places];
            else
                chosen.IntersectWith(places);
        }
        return chosen;
    }

    private static Answer Change(CallContext call, bool add)
    {
        var list = ListCalls.Find(call);
        using var body = JsonBody.Parse(call.Body);
        var data = JsonBody.Member(body.RootElement, "data", "/data", JsonValueKind.Array);
        if (data.GetArrayLength() is 0 or > MaxIds)
            throw new Refusal(ApiError.Invalid("Give 1 to 1000 profiles.", "/data"));
        var errors = new List<ApiError>();
        var ids = ResourceIds.Read(data, "profile", "/data", errors);
        if (errors.Count > 0)
            throw new Refusal(errors);
        var rows = ids.Select((id, index) => (Row: call.Account.Profiles.FindId(id), Id: id, Index: index)).ToList();
        errors.AddRange(
            rows.Where(r => r.Row is null)
                .Select(r =>
                    ApiError.NotFound($"A profile with id {r.Id} does not exist.", FormattableString.Invariant($"/data/{r.Index}/id"))
                )
        );
        if (errors.Count > 0)
            throw new Refusal(errors);
        foreach (var (row, _, _) in rows)
            if (add)
                call.Account.Join(list, row!.Value, call.Now);
            else
                call.Account.Leave(list, row!.Value, call.Now);
        return Answer.NoContent with { Count = ids.Count };
    }
}
