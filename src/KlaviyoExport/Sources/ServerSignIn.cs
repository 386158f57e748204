using System.Text.Json.Serialization;

namespace KlaviyoExport.Sources;

/// <summary>How the product signs in to a database server.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServerSignIn>))]
public enum ServerSignIn
{
    /// <summary>A user of the database with a password.</summary>
    Password,

    /// <summary>An application of Microsoft Entra. Its client secret is kept as the password.</summary>
    ServicePrincipal,

    /// <summary>The managed identity of the machine. It has no password.</summary>
    ManagedIdentity,

    /// <summary>
    /// The first identity that Azure's DefaultAzureCredential finds on the machine: environment variables, workload identity, managed
    /// identity. It has no password.
    /// </summary>
    DefaultIdentity,
}

/// <summary>What the ways of signing in have in common.</summary>
public static class ServerSignIns
{
    /// <summary>Whether a password or client secret is needed.</summary>
    public static bool HasPassword(this ServerSignIn signIn) => signIn is ServerSignIn.Password or ServerSignIn.ServicePrincipal;

    /// <summary>Whether the identity of the machine is used, which whoever operates it must permit.</summary>
    public static bool IsOfMachine(this ServerSignIn signIn) => signIn is ServerSignIn.ManagedIdentity or ServerSignIn.DefaultIdentity;

    /// <summary>Whether an access token of Microsoft Entra is sent to the server, instead of a password.</summary>
    public static bool IsEntra(this ServerSignIn signIn) => signIn != ServerSignIn.Password;
}
