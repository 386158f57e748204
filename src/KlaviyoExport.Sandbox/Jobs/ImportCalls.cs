using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Calls;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.Lists;
using KlaviyoExport.Sandbox.Profiles;
using KlaviyoExport.Sandbox.RateLimits;

namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>The calls that start import jobs and return their state.</summary>
internal static class ImportCalls
{
    private static readonly Dictionary<string, IReadOnlyList<string>> JobFields = new()
    {
        ["profile-bulk-import-job"] = ImportJobWriter.Fields,
    };

    public static IReadOnlyList<Call> All { get; } =
    [
        new(
            "bulk_import_profiles",
            "POST",
            "/api/profile-bulk-import-jobs",
            Quota.Medium,
            [Scopes.ListsWrite, Scopes.ProfilesWrite],
            new QueryRules { Fields = JobFields },
            Start
        )
        {
            MaxBody = ImportRequest.MaxBodyBytes,
        },
        new(
            "get_bulk_import_profiles_jobs",
            "GET",
            "/api/profile-bulk-import-jobs",
            Quota.Medium,
            [Scopes.ListsRead, Scopes.ProfilesRead],
            new QueryRules
            {
                Fields = JobFields,
                Filters = new Dictionary<string, IReadOnlyList<string>> { ["status"] = ["any", "equals"] },
                FilterValues = new Dictionary<string, IReadOnlyList<string>> { ["status"] = ["queued", "processing", "complete"] },
                Sort = ["created_at"],
                Page = (20, 100),
            },
            GetAll
        ),
        new(
            "get_bulk_import_profiles_job",
            "GET",
            "/api/profile-bulk-import-jobs/{id}",
            Quota.Medium,
            [Scopes.ListsRead, Scopes.ProfilesRead],
            new QueryRules
            {
                Fields = new Dictionary<string, IReadOnlyList<string>>(JobFields) { ["list"] = ListWriter.Fields },
                Include = ["lists"],
            },
            Get
        ),
    ];

    /// <exception cref="Refusal">Status 404 when the account has no such job, or the job has expired.</exception>
    public static ImportJob Find(CallContext call) =>
        call.Account.Job(call.Route["id"]) is { } job && job.Expires > call.Now && !call.State.Faults.Hides(job.Id)
            ? job
            : throw new Refusal(ApiError.NotFound($"A job with id {call.Route["id"]} does not exist."));

    private static Answer Start(CallContext call)
    {
        var request = ImportRequestReader.Read(call.Body);
        var unknown = request
            .Lists.Select((id, index) => (id, index))
            .Where(l => call.Account.List(l.id) is null)
            .Select(l =>
                ApiError.NotFound(
                    $"A list with id {l.id} does not exist.",
                    FormattableString.Invariant($"/data/relationships/lists/data/{l.index}/id")
                )
            )
            .ToList();
        if (unknown.Count > 0)
            throw new Refusal(unknown);
        if (call.State.Options.RefusesTakenIdentifiers && Taken(call.Account, request) is { Count: > 0 } taken)
            throw new Refusal(taken);
        var job = call.State.StartJob(call.Account, request);
        return call.Single(
            202,
            json => ImportJobWriter.Write(json, job, call.Query.FieldsOf("profile-bulk-import-job"), call.BaseUri),
            count: job.Total
        );
    }

    private static List<ApiError> Taken(Account account, ImportRequest request)
    {
        var errors = new List<ApiError>();
        for (var index = 0; index < request.Profiles.Count; index++)
        {
            using var profile = JsonDocument.Parse(request.Profile(index));
            if (TakenIdentifiers.Conflict(account, profile.RootElement, ImportRequest.PointerTo(index), named: true) is { } error)
                errors.Add(error);
        }
        return errors;
    }

    private static Answer GetAll(CallContext call)
    {
        var newestFirst = call.Query.Sort == "-created_at";
        // Jobs are kept in the order of their creation, so the position of a job does not change when others are added.
        List<ImportJob> jobs = [.. call.Account.Jobs];
        var scope = $"jobs {(newestFirst ? "new" : "old")}";
        return call.Collection(
            Page<ImportJob>.Take(
                (beyond, forward) =>
                    Places(jobs.Count, beyond, forward != newestFirst)
                        .Select(place => ((long)place, jobs[place]))
                        .Where(job => IsListed(call, job.Item2)),
                call.Query.PageSize,
                call.Query.Cursor(scope),
                scope
            ),
            (json, job) => ImportJobWriter.Write(json, job, call.Query.FieldsOf("profile-bulk-import-job"), call.BaseUri)
        );
    }

    private static bool IsListed(CallContext call, ImportJob job) =>
        job.Expires > call.Now
        && !call.State.Faults.Hides(job.Id)
        && call.Query.Filters.All(f => f.Matches(ImportJobWriter.Name(job.Status)));

    /// <summary>The positions after (before) one, upwards (downwards).</summary>
    private static IEnumerable<int> Places(int count, long? beyond, bool upwards)
    {
        if (upwards)
            for (var place = (int)Math.Clamp((beyond ?? -1) + 1, 0, count); place < count; place++)
                yield return place;
        else
            for (var place = (int)Math.Clamp(beyond ?? count, 0, count) - 1; place >= 0; place--)
                yield return place;
    }

    private static Answer Get(CallContext call)
    {
        var job = Find(call);
        return call.Single(
            200,
            json => ImportJobWriter.Write(json, job, call.Query.FieldsOf("profile-bulk-import-job"), call.BaseUri),
            call.Query.Include.Count == 0 ? null : json => Included(json, call, job)
        );
    }

    private static void Included(Utf8JsonWriter json, CallContext call, ImportJob job)
    {
        json.WriteStartArray("included");
        foreach (var list in job.Lists.Select(call.Account.List).OfType<SandboxList>())
            ListWriter.Write(json, list, call.Query.FieldsOf("list"), call.BaseUri);
        json.WriteEndArray();
    }
}
