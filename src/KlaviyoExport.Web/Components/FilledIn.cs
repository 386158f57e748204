using System.Text.Json;

namespace KlaviyoExport.Web.Components;

/// <summary>What a person has filled in on a page, as one value that can be written as JSON and read back.</summary>
public abstract class FilledIn
{
    public abstract string Read();

    /// <exception cref="JsonException">It is of another shape: another version of the product wrote it.</exception>
    public abstract void Write(string json);
}

/// <param name="read">Of the page. What it returns holds no secret: neither a key nor a password.</param>
/// <param name="write">Puts it back into the page.</param>
public sealed class FilledIn<T>(Func<T> read, Action<T> write) : FilledIn
{
    public override string Read() => JsonSerializer.Serialize(read());

    public override void Write(string json) => write(JsonSerializer.Deserialize<T>(json) ?? throw new JsonException());
}
