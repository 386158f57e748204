using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>Writes profiles as resource objects, limited to the fieldset of the call.</summary>
internal sealed class ProfileWriter(Account account, string baseUri, FieldSet fields, IReadOnlySet<string> additional)
{
    public void Write(Utf8JsonWriter json, int row, DateTimeOffset? joined = null)
    {
        var (profile, id) = (account.Profiles[row], account.Profiles.IdOf(row));
        json.WriteStartObject();
        json.WriteString("type", "profile");
        json.WriteString("id", id);
        json.WriteStartObject("attributes");
        WriteAttributes(json, profile);
        if (fields.Includes("created"))
            json.WriteTime("created", profile.Created);
        if (fields.Includes("updated"))
            json.WriteTime("updated", profile.Updated);
        if (fields.Includes("last_event_date"))
            json.WriteNull("last_event_date");
        if (joined is not null && fields.Includes("joined_group_at"))
            json.WriteTime("joined_group_at", joined);
        if (additional.Contains("subscriptions"))
            ConsentWriter.Write(json, account.ConsentOf(row), profile);
        if (additional.Contains("predictive_analytics"))
            WriteAnalytics(json);
        json.WriteEndObject();
        var self = $"{baseUri}/api/profiles/{id}";
        json.WriteStartObject("relationships");
        foreach (var name in (string[])["lists", "segments", "push-tokens"])
            json.WriteRelationship(name, self);
        json.WriteEndObject();
        json.WriteSelf($"{self}/");
        json.WriteEndObject();
    }

    private void WriteAttributes(Utf8JsonWriter json, StoredProfile profile)
    {
        if (fields.Includes("email"))
            json.WriteStringOrNull("email", profile.Email);
        if (fields.Includes("phone_number"))
            json.WriteStringOrNull("phone_number", profile.PhoneNumber);
        if (fields.Includes("external_id"))
            json.WriteStringOrNull("external_id", profile.ExternalId);
        using var stored = JsonDocument.Parse(profile.Attributes);
        foreach (var name in ProfileAttributes.Texts.Where(fields.Includes))
            WriteStored(json, stored.RootElement, name);
        if (fields.Touches("location"))
            WriteLocation(json, stored.RootElement, fields.Within("location"));
        if (!fields.Includes("properties"))
            return;
        if (stored.RootElement.TryGetProperty("properties", out var properties))
        {
            json.WritePropertyName("properties");
            properties.WriteTo(json);
        }
        else
        {
            json.WriteStartObject("properties");
            json.WriteEndObject();
        }
    }

    private static void WriteLocation(Utf8JsonWriter json, JsonElement stored, FieldSet parts)
    {
        json.WriteStartObject("location");
        var location = stored.TryGetProperty("location", out var found) ? found : default;
        foreach (var name in ProfileAttributes.LocationTexts.Where(parts.Includes))
            WriteStored(json, location, name);
        // The OpenAPI slices do not allow null for latitude and longitude, so they are omitted when missing.
        foreach (var name in ProfileAttributes.LocationNumbers.Where(parts.Includes))
            if (location.ValueKind == JsonValueKind.Object && location.TryGetProperty(name, out _))
                WriteStored(json, location, name);
        json.WriteEndObject();
    }

    private static void WriteStored(Utf8JsonWriter json, JsonElement stored, string name)
    {
        json.WritePropertyName(name);
        if (stored.ValueKind == JsonValueKind.Object && stored.TryGetProperty(name, out var value))
            value.WriteTo(json);
        else
            json.WriteNullValue();
    }

    private static void WriteAnalytics(Utf8JsonWriter json)
    {
        json.WriteStartObject("predictive_analytics");
        foreach (var name in ProfileFields.All.Where(f => f.StartsWith("predictive_analytics.", StringComparison.Ordinal)))
            json.WriteNull(name["predictive_analytics.".Length..]);
        json.WriteEndObject();
    }
}
