using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Calls;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.RateLimits;

namespace KlaviyoExport.Sandbox.Lists;

internal static class ListCalls
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Fields = new()
    {
        ["list"] = ListWriter.Fields,
        ["tag"] = ["id", "name"],
        ["flow"] = ["archived", "created", "id", "name", "status", "trigger_type", "updated"],
    };

    public static IReadOnlyList<Call> All { get; } =
    [
        new(
            "get_lists",
            "GET",
            "/api/lists",
            Quota.Large,
            [Scopes.ListsRead],
            new QueryRules
            {
                Fields = Fields,
                Include = ["flow-triggers", "tags"],
                Sort = ["created", "id", "name", "updated"],
                Filters = new Dictionary<string, IReadOnlyList<string>>
                {
                    ["name"] = ["any", "equals"],
                    ["id"] = ["any", "equals"],
                    ["created"] = ["greater-than"],
                    ["updated"] = ["greater-than"],
                },
                Page = (10, 10),
            },
            GetAll
        ),
        new(
            "get_list",
            "GET",
            "/api/lists/{id}",
            Quota.Large,
            [Scopes.ListsRead],
            new QueryRules
            {
                Fields = new Dictionary<string, IReadOnlyList<string>>(Fields) { ["list"] = [.. ListWriter.Fields, "profile_count"] },
                Additional = new Dictionary<string, IReadOnlyList<string>> { ["list"] = ["profile_count"] },
                Include = ["flow-triggers", "tags"],
            },
            Get
        )
        {
            Dearer = ("additional-fields[list]", "profile_count", Quota.XSmall),
        },
        new(
            "create_list",
            "POST",
            "/api/lists",
            new Quota(10, 150, 150),
            [Scopes.ListsWrite],
            new QueryRules { Fields = new Dictionary<string, IReadOnlyList<string>> { ["list"] = ListWriter.Fields } },
            Create
        )
        {
            MaxBody = 100_000,
        },
    ];

    /// <exception cref="Refusal">404 when the account has no such list.</exception>
    public static SandboxList Find(CallContext call) =>
        call.Account.List(call.Route["id"]) ?? throw new Refusal(ApiError.NotFound($"A list with id {call.Route["id"]} does not exist."));

    private static Answer GetAll(CallContext call)
    {
        var sort = call.Query.Sort ?? "id";
        var sorted = Sorted(call.Account.Lists.Where(list => call.Query.Filters.All(f => Matches(list, f))), sort.TrimStart('-'));
        if (sort.StartsWith('-'))
            sorted = sorted.Reverse();
        var scope = $"lists {sort}";
        return call.Collection(
            Page<SandboxList>.Of([.. sorted], call.Query.PageSize, call.Query.Cursor(scope), scope),
            (json, list) => ListWriter.Write(json, list, call.Query.FieldsOf("list"), call.BaseUri),
            Included(call)
        );
    }

    private static Answer Get(CallContext call)
    {
        var list = Find(call);
        return call.Single(
            200,
            json =>
                ListWriter.Write(
                    json,
                    list,
                    call.Query.FieldsOf("list"),
                    call.BaseUri,
                    call.Query.AdditionalOf("list").Contains("profile_count")
                ),
            Included(call)
        );
    }

    private static Answer Create(CallContext call)
    {
        using var body = JsonBody.Parse(call.Body);
        var attributes = JsonBody.Member(
            JsonBody.Resource(body, "list", "attributes"),
            "attributes",
            "/data/attributes",
            JsonValueKind.Object
        );
        foreach (var attribute in attributes.EnumerateObject())
            if (attribute.Name is not ("name" or "opt_in_process"))
                throw new Refusal(
                    ApiError.Invalid(
                        $"'{attribute.Name}' is not a valid field for the resource 'list'.",
                        $"/data/attributes/{attribute.Name}"
                    )
                );
        var name = JsonBody.Member(attributes, "name", "/data/attributes/name", JsonValueKind.String).GetString()!;
        if (name.Length is 0 or > 255)
            throw new Refusal(ApiError.Invalid("A name has 1 to 255 characters.", "/data/attributes/name"));
        var process = attributes.TryGetProperty("opt_in_process", out var given) ? given.ToString() : "";
        if (process is not ("" or "single_opt_in" or "double_opt_in"))
            throw new Refusal(ApiError.Invalid("Must be single_opt_in or double_opt_in.", "/data/attributes/opt_in_process"));
        var list = new SandboxList(NewId(call.Account), name, process == "double_opt_in", call.Now);
        call.Account.AddList(list);
        return call.Single(201, json => ListWriter.Write(json, list, call.Query.FieldsOf("list"), call.BaseUri));
    }

    /// <summary>The IDs of new lists depend only on the number of lists, so that a session can be repeated.</summary>
    private static string NewId(Account account)
    {
        for (var number = account.Lists.Count; ; number++)
        {
            var id = $"N{Ulid.Write(default, 0, unchecked((ulong)number * 2654435761))[^5..]}";
            if (account.List(id) is null)
                return id;
        }
    }

    private static IEnumerable<SandboxList> Sorted(IEnumerable<SandboxList> lists, string by) =>
        by switch
        {
            "name" => lists.OrderBy(l => l.Name, StringComparer.Ordinal).ThenBy(l => l.Id, StringComparer.Ordinal),
            "created" => lists.OrderBy(l => l.Created).ThenBy(l => l.Id, StringComparer.Ordinal),
            "updated" => lists.OrderBy(l => l.Updated).ThenBy(l => l.Id, StringComparer.Ordinal),
            _ => lists.OrderBy(l => l.Id, StringComparer.Ordinal),
        };

    private static bool Matches(SandboxList list, Filter filter) =>
        filter.Field switch
        {
            "name" => filter.Matches(list.Name),
            "id" => filter.Matches(list.Id),
            "created" => filter.Matches(list.Created),
            _ => filter.Matches(list.Updated),
        };

    /// <summary>Practice lists have no tags and flows, so the response never includes any.</summary>
    private static Action<Utf8JsonWriter>? Included(CallContext call) =>
        call.Query.Include.Count == 0
            ? null
            : json =>
            {
                json.WriteStartArray("included");
                json.WriteEndArray();
            };
}
