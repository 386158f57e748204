using System.Text.Json;

namespace KlaviyoExport.Web.Components;

/// <summary>The content of a form as one JSON value. It can be read from the page and written back to it.</summary>
public abstract class FormState
{
    /// <summary>Returns the content of the form as JSON.</summary>
    public abstract string Read();

    /// <summary>Fills in the form.</summary>
    /// <exception cref="JsonException">The JSON does not fit the form, because another version of the application wrote it.</exception>
    public abstract void Write(string json);
}

/// <summary>The content of a form as a value of type <typeparamref name="T"/>.</summary>
/// <param name="read">Returns the content of the form. It must not contain a secret, such as an API key or a password.</param>
/// <param name="write">Fills in the form.</param>
public sealed class FormState<T>(Func<T> read, Action<T> write) : FormState
{
    public override string Read() => JsonSerializer.Serialize(read());

    public override void Write(string json) => write(JsonSerializer.Deserialize<T>(json) ?? throw new JsonException());
}
