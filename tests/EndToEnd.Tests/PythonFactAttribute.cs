using System.Diagnostics;
using SessionPlatform.EndToEnd.Tests.Suites;

namespace SessionPlatform.EndToEnd.Tests;

/// <summary>A test that needs Debian's official gRPC for Python; skipped without it, but not in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    /// <summary>Debian's own interpreter, for which its packages are; another one may come first in the path.</summary>
    public const string Interpreter = "/usr/bin/python3";

    public PythonFactAttribute()
    {
        if (!Repository.IsContinuousIntegration && !IsThere())
            Skip = "python3-grpcio, protobuf-compiler and protobuf-compiler-grpc are not all installed";
    }

    private static bool IsThere()
    {
        if (!File.Exists(Interpreter) || !File.Exists("/usr/bin/protoc") || !File.Exists("/usr/bin/grpc_python_plugin"))
            return false;
        using var python = Process.Start(Interpreter, ["-c", "import grpc, google.protobuf"]);
        python.WaitForExit();
        return python.ExitCode == 0;
    }
}
