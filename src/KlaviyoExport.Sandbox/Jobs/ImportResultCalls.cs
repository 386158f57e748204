using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Calls;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.Profiles;
using KlaviyoExport.Sandbox.RateLimits;

namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>The calls that return the result of an import: the failed rows and the written profiles.</summary>
internal static class ImportResultCalls
{
    public static IReadOnlyList<Call> All { get; } =
    [
        new(
            "get_errors_for_bulk_import_profiles_job",
            "GET",
            "/api/profile-bulk-import-jobs/{id}/import-errors",
            Quota.Medium,
            [Scopes.ProfilesRead],
            new QueryRules
            {
                Fields = new Dictionary<string, IReadOnlyList<string>>
                {
                    ["import-error"] = ["code", "detail", "id", "original_payload", "source", "source.pointer", "title"],
                },
                Page = (20, 100),
            },
            GetErrors
        ),
        new(
            "get_profiles_for_bulk_import_profiles_job",
            "GET",
            "/api/profile-bulk-import-jobs/{id}/profiles",
            Quota.Medium,
            [Scopes.ProfilesRead],
            new QueryRules
            {
                Fields = new Dictionary<string, IReadOnlyList<string>> { ["profile"] = ProfileFields.All },
                Additional = new Dictionary<string, IReadOnlyList<string>> { ["profile"] = ProfileFields.Additional },
                Page = (20, 100),
            },
            GetProfiles
        ),
        new(
            "get_profile_ids_for_bulk_import_profiles_job",
            "GET",
            "/api/profile-bulk-import-jobs/{id}/relationships/profiles",
            Quota.Medium,
            [Scopes.ProfilesRead],
            new QueryRules { Page = (20, 100) },
            GetIds
        ),
    ];

    private static Answer GetErrors(CallContext call)
    {
        var job = ImportCalls.Find(call);
        var fields = call.Query.FieldsOf("import-error");
        var scope = $"errors {job.Id}";
        return call.Collection(
            Page<ImportError>.Of(job.ListedErrors, call.Query.PageSize, call.Query.Cursor(scope), scope),
            (json, error) => Write(json, error, fields)
        );
    }

    private static void Write(Utf8JsonWriter json, ImportError error, FieldSet fields)
    {
        json.WriteStartObject();
        json.WriteString("type", "import-error");
        json.WriteString("id", error.Id);
        json.WriteStartObject("attributes");
        if (fields.Includes("code"))
            json.WriteString("code", error.Code);
        if (fields.Includes("title"))
            json.WriteString("title", error.Title);
        if (fields.Includes("detail"))
            json.WriteString("detail", error.Detail);
        if (fields.Touches("source"))
        {
            json.WriteStartObject("source");
            json.WriteString("pointer", error.Pointer);
            json.WriteEndObject();
        }
        if (fields.Includes("original_payload"))
        {
            json.WritePropertyName("original_payload");
            json.WriteRawValue(error.OriginalPayload);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static Answer GetProfiles(CallContext call)
    {
        var writer = new ProfileWriter(call.Account, call.BaseUri, call.Query.FieldsOf("profile"), call.Query.AdditionalOf("profile"));
        return call.Collection(Rows(call), (json, row) => writer.Write(json, row));
    }

    private static Answer GetIds(CallContext call) =>
        call.Collection(
            Rows(call),
            (json, row) =>
            {
                json.WriteStartObject();
                json.WriteString("type", "profile");
                json.WriteString("id", call.Account.Profiles.IdOf(row));
                json.WriteEndObject();
            }
        );

    private static Page<int> Rows(CallContext call)
    {
        var job = ImportCalls.Find(call);
        var scope = $"rows {job.Id}";
        return Page<int>.Of(job.Rows, call.Query.PageSize, call.Query.Cursor(scope), scope);
    }
}
