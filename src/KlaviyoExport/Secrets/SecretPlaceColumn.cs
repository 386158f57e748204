using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Secrets;

/// <summary>Maps properties to columns with the place of a secret.</summary>
internal static class SecretPlaceColumn
{
    /// <summary>Stores the place as the text of <see cref="SecretPlace.ToString"/>.</summary>
    public static PropertyBuilder<SecretPlace?> IsSecretPlace(this PropertyBuilder<SecretPlace?> property) =>
        property.HasConversion(place => place!.ToString(), text => SecretPlace.Parse(text));
}
