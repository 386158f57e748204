using System.Text.Json;
using System.Text.Unicode;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>
/// Reads and validates an import token by token, with one profile in memory at a time. One invalid profile refuses the whole import.
/// </summary>
internal sealed class ImportRequestReader
{
    private readonly ReadOnlyMemory<byte> _body;
    private readonly List<ApiError> _errors = [];
    private readonly List<(int Start, int Length)> _profiles = [];
    private readonly List<string> _lists = [];
    private readonly HashSet<string> _seen = [];

    private ImportRequestReader(ReadOnlyMemory<byte> body) => _body = body;

    private delegate void Member(ref Utf8JsonReader reader, string pointer);

    /// <exception cref="Refusal">Status 400 with an error for every fault found.</exception>
    public static ImportRequest Read(ReadOnlyMemory<byte> body) => new ImportRequestReader(body).Read();

    private ImportRequest Read()
    {
        if (!Utf8.IsValid(_body.Span))
            throw new Refusal(JsonBody.Malformed("the body is not valid UTF-8"));
        try
        {
            var reader = new Utf8JsonReader(_body.Span);
            reader.Read();
            Object(ref reader, "", name => name == "data" ? Data : null);
            if (reader.Read())
                throw new JsonException("more than one value");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new Refusal(JsonBody.Malformed(e.Message));
        }
        foreach (
            var needed in (string[])["/data", "/data/type", "/data/attributes", "/data/attributes/profiles", ImportRequest.ProfilesPointer]
        )
            if (!_seen.Contains(needed) && (_errors.Count == 0 || _seen.Contains(needed[..needed.LastIndexOf('/')])))
                _errors.Add(ApiError.Invalid("This field is required.", needed));
        if (_errors.Count > 0)
            throw new Refusal(_errors);
        return new ImportRequest(_body, _profiles, _lists);
    }

    private void Data(ref Utf8JsonReader reader, string pointer) =>
        Object(
            ref reader,
            pointer,
            name =>
                name switch
                {
                    "type" => Type,
                    "attributes" => (ref r, p) => Object(ref r, p, n => n == "profiles" ? Profiles : null),
                    "relationships" => (ref r, p) => Object(ref r, p, n => n == "lists" ? Lists : null),
                    _ => null,
                }
        );

    private void Type(ref Utf8JsonReader reader, string pointer)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals("profile-bulk-import-job"))
            _errors.Add(ApiError.Invalid("The resource type must be 'profile-bulk-import-job'.", pointer));
        reader.Skip();
    }

    private void Profiles(ref Utf8JsonReader reader, string pointer) => Object(ref reader, pointer, name => name == "data" ? Items : null);

    private void Items(ref Utf8JsonReader reader, string pointer)
    {
        if (!IsArray(ref reader, pointer))
            return;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var length = (int)reader.BytesConsumed - start;
            using var profile = JsonBody.ParseStrictly(_body.Slice(start, length));
            var at = ImportRequest.PointerTo(_profiles.Count);
            _profiles.Add((start, length));
            if (_profiles.Count > ImportRequest.MaxProfiles)
                continue;
            if (length > ImportRequest.MaxProfileBytes)
                _errors.Add(ApiError.Invalid("The profile is larger than 100KB.", at));
            ProfileRules.Check(profile.RootElement, at, _errors);
        }
        if (_profiles.Count == 0)
            _errors.Add(ApiError.Invalid("Ensure this field has at least 1 elements.", pointer));
        if (_profiles.Count > ImportRequest.MaxProfiles)
            throw new Refusal(ApiError.Invalid("Ensure this field has no more than 10000 elements.", pointer));
    }

    private void Lists(ref Utf8JsonReader reader, string pointer) => Object(ref reader, pointer, name => name == "data" ? ListItems : null);

    private void ListItems(ref Utf8JsonReader reader, string pointer)
    {
        if (!IsArray(ref reader, pointer))
            return;
        using var items = JsonDocument.ParseValue(ref reader);
        _lists.AddRange(ResourceIds.Read(items.RootElement, "list", pointer, _errors));
    }

    private bool IsArray(ref Utf8JsonReader reader, string pointer)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
            return true;
        _errors.Add(ApiError.Invalid("Not a valid list.", pointer));
        reader.Skip();
        return false;
    }

    private void Object(ref Utf8JsonReader reader, string pointer, Func<string, Member?> member)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _errors.Add(ApiError.Invalid("Not a valid object.", pointer.Length == 0 ? "/" : pointer));
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var at = $"{pointer}/{name}";
            reader.Read();
            if (member(name) is { } read)
            {
                if (!_seen.Add(at))
                    throw new Refusal(JsonBody.Malformed($"{at} stands twice"));
                read(ref reader, at);
            }
            else
            {
                _errors.Add(ApiError.Invalid($"'{name}' is not a valid field here.", at));
                reader.Skip();
            }
        }
    }
}
