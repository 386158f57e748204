using System.Text.Json;
using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Lists;

internal static class ListWriter
{
    public static IReadOnlyList<string> Fields { get; } = ["created", "id", "name", "opt_in_process", "updated"];

    public static void Write(Utf8JsonWriter json, SandboxList list, FieldSet fields, string baseUri, bool count = false)
    {
        json.WriteStartObject();
        json.WriteString("type", "list");
        json.WriteString("id", list.Id);
        json.WriteStartObject("attributes");
        if (fields.Includes("name"))
            json.WriteString("name", list.Name);
        if (fields.Includes("created"))
            json.WriteTime("created", list.Created);
        if (fields.Includes("updated"))
            json.WriteTime("updated", list.Updated);
        if (fields.Includes("opt_in_process"))
            json.WriteString("opt_in_process", list.OptInProcess);
        if (count)
            json.WriteNumber("profile_count", list.Members.Count);
        json.WriteEndObject();
        var self = $"{baseUri}/api/lists/{list.Id}";
        json.WriteStartObject("relationships");
        foreach (var name in (string[])["profiles", "tags", "flow-triggers"])
            json.WriteRelationship(name, self);
        json.WriteEndObject();
        json.WriteSelf($"{self}/");
        json.WriteEndObject();
    }
}
