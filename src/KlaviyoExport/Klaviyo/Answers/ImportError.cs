namespace KlaviyoExport.Klaviyo;

/// <summary>One profile an accepted job could not take.</summary>
/// <param name="Pointer">Klaviyo's JSON pointer into the request body.</param>
/// <param name="ProfileIndex">The profile's place in that body, from 0; null where the pointer names none.</param>
/// <param name="Email">From the payload Klaviyo gives back; null where it gives none. Personal data: not for logs.</param>
public sealed record ImportError(string Id, string Code, string Title, string Detail, string? Pointer, int? ProfileIndex, string? Email);
