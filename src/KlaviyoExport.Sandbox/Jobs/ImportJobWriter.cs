using System.Text.Json;
using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Jobs;

internal static class ImportJobWriter
{
    public static IReadOnlyList<string> Fields { get; } =
    ["completed_at", "completed_count", "created_at", "expires_at", "failed_count", "id", "started_at", "status", "total_count"];

    public static string Name(JobStatus status) => status.ToString().ToLowerInvariant();

    public static void Write(Utf8JsonWriter json, ImportJob job, FieldSet fields, string baseUri)
    {
        var self = $"{baseUri}/api/profile-bulk-import-jobs/{job.Id}";
        json.WriteStartObject();
        json.WriteString("type", "profile-bulk-import-job");
        json.WriteString("id", job.Id);
        json.WriteStartObject("attributes");
        if (fields.Includes("status"))
            json.WriteString("status", Name(job.Status));
        if (fields.Includes("created_at"))
            json.WriteTime("created_at", job.Created);
        if (fields.Includes("total_count"))
            json.WriteNumber("total_count", job.Total);
        if (fields.Includes("completed_count"))
            json.WriteNumber("completed_count", job.Rows.Count);
        if (fields.Includes("failed_count"))
            json.WriteNumber("failed_count", job.Errors.Count);
        if (fields.Includes("completed_at"))
            json.WriteTime("completed_at", job.Completed);
        if (fields.Includes("expires_at"))
            json.WriteTime("expires_at", job.Expires);
        if (fields.Includes("started_at"))
            json.WriteTime("started_at", job.Started);
        json.WriteEndObject();
        WriteRelationships(json, job, self);
        json.WriteSelf($"{self}/");
        json.WriteEndObject();
    }

    private static void WriteRelationships(Utf8JsonWriter json, ImportJob job, string self)
    {
        json.WriteStartObject("relationships");
        json.WriteStartObject("lists");
        json.WriteStartArray("data");
        foreach (var list in job.Lists)
        {
            json.WriteStartObject();
            json.WriteString("type", "list");
            json.WriteString("id", list);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("links");
        json.WriteString("self", $"{self}/relationships/lists/");
        json.WriteString("related", $"{self}/lists/");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteRelationship("profiles", self);
        json.WriteStartObject("import-errors");
        json.WriteStartObject("links");
        json.WriteString("related", $"{self}/import-errors/");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
