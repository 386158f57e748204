namespace KlaviyoExport.Klaviyo;

/// <summary>An error object of a refusal, as Klaviyo returned it.</summary>
/// <param name="Detail">
/// Klaviyo's description. It may quote the request and contain personal data, so show it only to people who may see rejections, and do
/// not log it.
/// </param>
/// <param name="Pointer">A JSON pointer to the invalid part of the request body. Null when Klaviyo does not give one.</param>
/// <param name="Parameter">The name of the invalid query parameter. Null when Klaviyo does not give one.</param>
public sealed record KlaviyoError(string? Id, int? Status, string Code, string Title, string Detail, string? Pointer, string? Parameter)
{
    /// <summary>The zero-based index of the invalid profile in the import body. Null when the pointer does not name a profile.</summary>
    public int? ProfileIndex => ProfilePointer.IndexOf(Pointer);

    /// <summary>The attribute of the profile in the import body whose value is refused. Null when the pointer does not name one.</summary>
    public ProfilePath? Field => ProfilePointer.FieldOf(Pointer);

    /// <summary>Whether an identifier belongs to another profile.</summary>
    public bool IsDuplicate => Code == DuplicateProfile;

    internal const string DuplicateProfile = "duplicate_profile";

    /// <summary>
    /// The zero-based index of the invalid profile in a body that lists profiles by id. Null when the pointer does not name one.
    /// </summary>
    public int? DataIndex => ProfilePointer.IndexInData(Pointer);
}
