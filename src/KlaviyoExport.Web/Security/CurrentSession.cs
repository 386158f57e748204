using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;

namespace KlaviyoExport.Web.Security;

/// <summary>The session of the signed-in person, as the store knows it now.</summary>
/// <param name="Id">A secret.</param>
/// <param name="Way">How the person last proved who they are, at <paramref name="ProvenAt"/>.</param>
/// <param name="LacksSecondFactor">
/// Whether the role needs a second factor and the session began without one. Then the person can do nothing but set one up.
/// </param>
internal sealed record CurrentSession(string Id, Actor Actor, SignInWay Way, DateTimeOffset ProvenAt, bool LacksSecondFactor);
