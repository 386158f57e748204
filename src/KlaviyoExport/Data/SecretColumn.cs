using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Data;

/// <summary>What a column of encrypted values contains.</summary>
internal enum SecretKind
{
    /// <summary>Values of <see cref="SecretProtector.ProtectCredential"/>.</summary>
    Credential,

    /// <summary>Values of <see cref="SecretProtector.ProtectPayload"/>.</summary>
    Payload,

    /// <summary>Values of <see cref="SecretProtector.ProtectEmail"/>, also those of older versions.</summary>
    Email,
}

/// <summary>A column whose values are encrypted with the data protection keys. Each room registers its own.</summary>
/// <param name="Entity">The type of the entity.</param>
/// <param name="Property">Its property, of type byte[].</param>
/// <param name="Kind">What the values are.</param>
/// <param name="LeasedUntil">
/// A property of the entity with the time until which another operation replaces the value and must find it unchanged. Null when there is no
/// such operation.
/// </param>
internal sealed record SecretColumn(Type Entity, string Property, SecretKind Kind, string? LeasedUntil = null)
{
    /// <summary>The name for people, such as "Connection.ApiKey".</summary>
    public string Name => $"{Entity.Name}.{Property}";
}

/// <summary>Registers columns of encrypted values.</summary>
internal static class SecretColumnRegistration
{
    /// <summary>Registers a column, so that its values are checked and re-encrypted. See <see cref="SecretColumn"/>.</summary>
    public static IServiceCollection AddSecretColumn<TEntity>(
        this IServiceCollection services,
        string property,
        SecretKind kind,
        string? leasedUntil = null
    ) => services.AddSingleton(new SecretColumn(typeof(TEntity), property, kind, leasedUntil));
}
