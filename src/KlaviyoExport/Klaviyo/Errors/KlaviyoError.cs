namespace KlaviyoExport.Klaviyo;

/// <summary>One error object of a refusal, in Klaviyo's own words.</summary>
/// <param name="Detail">May quote what was sent, so it may hold personal data: for people who may see rejections, not for logs.</param>
/// <param name="Pointer">JSON pointer into the request body.</param>
/// <param name="Parameter">The query parameter at fault.</param>
public sealed record KlaviyoError(string? Id, int? Status, string Code, string Title, string Detail, string? Pointer, string? Parameter)
{
    /// <summary>The place, from 0, of the profile at fault in the import body; null where the pointer does not name one.</summary>
    public int? ProfileIndex => ProfilePointer.IndexOf(Pointer);
}
