namespace KlaviyoExport.Klaviyo;

/// <summary>Describes why an import job rejected a profile.</summary>
/// <param name="Pointer">Klaviyo's JSON pointer into the request body. Null when Klaviyo does not give one.</param>
/// <param name="ProfileIndex">The zero-based index of the profile in the body. Null when the pointer does not name a profile.</param>
/// <param name="Email">
/// The email address in the payload that Klaviyo returns with the error. Null when there is none. This is personal data: do not log it.
/// </param>
public sealed record ImportError(string Id, string Code, string Title, string Detail, string? Pointer, int? ProfileIndex, string? Email)
{
    /// <summary>The attribute whose value is refused. Null when the pointer does not name one.</summary>
    public ProfilePath? Field => ProfilePointer.FieldOf(Pointer);

    /// <summary>Whether an identifier belongs to another profile.</summary>
    public bool IsDuplicate => Code == KlaviyoError.DuplicateProfile;
}
