using System.Text.Json;
using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>Writes the <c>subscriptions</c> object of a profile.</summary>
internal static class ConsentWriter
{
    public static void Write(Utf8JsonWriter json, Consent consent, StoredProfile profile)
    {
        json.WriteStartObject("subscriptions");
        json.WriteStartObject("email");
        WriteEmail(json, consent, !profile.Part(Identifier.Email).IsEmpty);
        json.WriteEndObject();
        json.WriteStartObject("sms");
        WriteSms(json, consent, !profile.Part(Identifier.PhoneNumber).IsEmpty);
        json.WriteEndObject();
        json.WriteStartObject("mobile_push");
        json.WriteStartObject("marketing");
        json.WriteBoolean("can_receive_push_marketing", false);
        json.WriteString("consent", Consent.Never);
        json.WriteNull("consent_timestamp");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteEmail(Utf8JsonWriter json, Consent consent, bool hasEmail)
    {
        json.WriteStartObject("marketing");
        json.WriteBoolean("can_receive_email_marketing", hasEmail && consent.Suppression is null);
        json.WriteString("consent", consent.Email);
        json.WriteTime("consent_timestamp", consent.EmailAt);
        json.WriteTime("last_updated", consent.EmailAt);
        json.WriteStringOrNull("method", consent.Method);
        json.WriteString("method_detail", "");
        json.WriteNull("custom_method_detail");
        if (consent.DoubleOptIn is { } doubleOptIn)
            json.WriteBoolean("double_optin", doubleOptIn);
        else
            json.WriteNull("double_optin");
        json.WriteStartArray("suppression");
        if (consent.Suppression is { } reason)
        {
            json.WriteStartObject();
            json.WriteString("reason", reason);
            json.WriteTime("timestamp", consent.SuppressedAt);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("list_suppressions");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSms(Utf8JsonWriter json, Consent consent, bool hasPhone)
    {
        json.WriteStartObject("marketing");
        json.WriteBoolean("can_receive_sms_marketing", hasPhone && consent.Sms == Consent.Given);
        json.WriteString("consent", consent.Sms);
        json.WriteTime("consent_timestamp", consent.SmsAt);
        json.WriteNull("method");
        json.WriteString("method_detail", "");
        json.WriteTime("last_updated", consent.SmsAt);
        json.WriteEndObject();
    }
}
