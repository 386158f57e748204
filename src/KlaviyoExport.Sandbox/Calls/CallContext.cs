using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Calls;

/// <summary>The data that the handler of a call needs.</summary>
internal sealed record CallContext(
    SandboxState State,
    Credential Credential,
    IReadOnlyDictionary<string, string> Route,
    CallQuery Query,
    HttpRequest Request
)
{
    public ReadOnlyMemory<byte> Body { get; init; }

    public Account Account => Credential.Account;

    public DateTimeOffset Now => State.Now;

    public string BaseUri => $"{Request.Scheme}://{Request.Host}";

    public string Self => $"{BaseUri}{Request.Path}{Request.QueryString}";

    /// <summary>Returns a page of resources with links to the adjacent pages.</summary>
    public Answer Collection<T>(Page<T> page, Action<Utf8JsonWriter, T> write, Action<Utf8JsonWriter>? more = null) =>
        Answer.Json(
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("data");
                foreach (var item in page.Items)
                    write(json, item);
                json.WriteEndArray();
                json.WriteStartObject("links");
                json.WriteString("self", Self);
                if (page.Next is { } next)
                    json.WriteString("next", With(next));
                if (page.Previous is { } previous)
                    json.WriteString("prev", With(previous));
                json.WriteEndObject();
                more?.Invoke(json);
                json.WriteEndObject();
            },
            page.Items.Count
        );

    /// <summary>Returns one resource.</summary>
    public Answer Single(int status, Action<Utf8JsonWriter> write, Action<Utf8JsonWriter>? more = null, int? count = null) =>
        Answer.Json(
            status,
            json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("data");
                write(json);
                json.WriteSelf(Self);
                more?.Invoke(json);
                json.WriteEndObject();
            },
            count
        );

    private string With(Cursor cursor)
    {
        var pairs = Request
            .Query.Where(q => q.Key != "page[cursor]")
            .Select(q => KeyValuePair.Create(q.Key, q.Value))
            .Append(new("page[cursor]", cursor.ToString()));
        return $"{BaseUri}{Request.Path}{QueryString.Create(pairs)}";
    }
}
